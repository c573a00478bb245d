package dev.tcprelay.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.tcprelay.protocol.noise.CipherState;
import dev.tcprelay.protocol.wire.Layer;
import dev.tcprelay.protocol.wire.RecordOpener;
import dev.tcprelay.protocol.wire.RecordSealer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What opening a stream of records costs that is read in pieces which cut them. */
class RecordIntakeTest {
    private static final int BODY = Layer.END_TO_END.largestBody();
    private static final int RECORDS = 2000;

    /** For each record of 64 KiB: the cipher's own objects. */
    private static final int MODEST = 8 * 1024;

    private final RecordSealer sealer = new RecordSealer(CipherState.aesGcm(new byte[32]), Layer.END_TO_END);
    private final RecordIntake intake =
            new RecordIntake(new RecordOpener(CipherState.aesGcm(new byte[32]), Layer.END_TO_END));
    private final byte[] record = new byte[RecordSealer.sealedSize(BODY)];
    private final byte[] read = new byte[record.length];
    private final ByteBuf bytes = Unpooled.wrappedBuffer(read);
    private long opened;

    /** One read of the wire: the rest of a record and the beginning of the next. */
    private void read(int beginning) throws Exception {
        int rest = record.length - beginning;
        System.arraycopy(record, beginning, read, 0, rest);
        sealer.seal(0, read, 0, BODY, record, 0);
        System.arraycopy(record, 0, read, rest, beginning);
        int from = intake.atBoundary() ? rest : 0;
        intake.feed(bytes.setIndex(from, read.length), (plain, length) -> ++opened > 0);
    }

    @Test
    void aStreamThatFlowsAllocatesNothingForRecordsThatAreCut() throws Exception {
        Assumptions.assumeTrue(ManagementFactory.getThreadMXBean() instanceof ThreadMXBean);
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        read(40_000);
        read(40_000);
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < RECORDS; i++) {
            read(40_000);
        }
        long each = (threads.getCurrentThreadAllocatedBytes() - before) / RECORDS;
        assertEquals(RECORDS + 1, opened);
        assertTrue(each < MODEST, each + " bytes for each record");
    }
}
