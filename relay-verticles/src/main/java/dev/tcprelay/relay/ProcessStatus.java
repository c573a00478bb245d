package dev.tcprelay.relay;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.vertx.core.json.JsonObject;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;

/**
 * What a process uses of what it may use, at one moment. Bytes, except where a name says otherwise; -1 where this
 * system cannot tell.
 *
 * @param descriptors open files and sockets
 * @param heap maximum: {@code -Xmx}
 * @param netty direct memory that Netty holds, in use or for reuse; maximum: {@code -XX:MaxDirectMemorySize}
 * @param buffers the direct buffers that the JVM counts; Netty's are among them only where it has no Unsafe (JDK 25)
 * @param threads running
 * @param collections of garbage, since the start
 * @param collecting milliseconds that these took
 */
record ProcessStatus(
        Usage descriptors, Usage heap, Usage netty, long buffers, int threads, long collections, long collecting) {

    /** How much of how much. */
    record Usage(long used, long max) {
        JsonObject json() {
            return new JsonObject().put("used", used).put("max", max);
        }
    }

    static ProcessStatus now() {
        long collections = 0;
        long collecting = 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            collections += Math.max(0, collector.getCollectionCount());
            collecting += Math.max(0, collector.getCollectionTime());
        }
        var heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        return new ProcessStatus(
                descriptorsNow(),
                new Usage(heap.getUsed(), heap.getMax()),
                new Usage(nettyNow(), mostDirect()),
                buffersNow(),
                ManagementFactory.getThreadMXBean().getThreadCount(),
                collections,
                collecting);
    }

    private static Usage descriptorsNow() {
        if (!(ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix)) {
            return new Usage(-1, -1);
        }
        long max = unix.getMaxFileDescriptorCount();
        try {
            return new Usage(unix.getOpenFileDescriptorCount(), max);
        } catch (InternalError e) {
            return new Usage(max, max); // none is left to count them with
        }
    }

    private static long nettyNow() {
        long pooled = ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider provider
                ? provider.metric().usedDirectMemory()
                : 0;
        return pooled + UnpooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
    }

    /** Of a JVM that was given no maximum it is that of the heap. */
    private static long mostDirect() {
        var diagnostics = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        long given =
                Long.parseLong(diagnostics.getVMOption("MaxDirectMemorySize").getValue());
        return given == 0 ? Runtime.getRuntime().maxMemory() : given;
    }

    private static long buffersNow() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    JsonObject json() {
        return new JsonObject()
                .put("pid", ProcessHandle.current().pid())
                .put("java", Runtime.version().toString())
                .put("descriptors", descriptors.json())
                .put("heap", heap.json())
                .put("netty", netty.json())
                .put("directBuffers", buffers)
                .put("threads", threads)
                .put("collections", collections)
                .put("collectingMillis", collecting);
    }
}
