package dev.tcprelay.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** One measurement of throughput: a number of streams through one contender in one direction, for a time. */
final class Bulk {
    private final Target target;
    private final AtomicLong received = new AtomicLong();

    Bulk(Target target) {
        this.target = target;
    }

    /** Which way the bytes go, seen from the client. */
    enum Direction {
        UP('u'),
        DOWN('d');

        private final int code;

        Direction(int code) {
            this.code = code;
        }
    }

    /**
     * What was measured.
     *
     * @param cpuSecondsPerGib for each process, by name; the two ends of the transfer are {@code ends}
     */
    record Sample(double gbps, Map<String, Double> cpuSecondsPerGib) {
        /** Of the processes that carry the bytes. */
        double carried() {
            return cpuSecondsPerGib.entrySet().stream()
                    .filter(entry -> !entry.getKey().equals("ends"))
                    .mapToDouble(Map.Entry::getValue)
                    .sum();
        }
    }

    Sample measure(Contender contender, Direction direction, int streams, double seconds)
            throws IOException, InterruptedException {
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < streams; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), contender.port());
                socket.getOutputStream().write(direction.code);
                sockets.add(socket);
                Target.daemon("load", () -> load(socket, direction));
            }
            // The start, in which connections open and windows grow, is not measured.
            TimeUnit.MILLISECONDS.sleep(300);
            Map<String, Double> cpu = cpu(contender);
            long bytes = bytes(direction);
            long from = System.nanoTime();
            TimeUnit.MILLISECONDS.sleep((long) (seconds * 1000));
            double took = (System.nanoTime() - from) / 1e9;
            long moved = bytes(direction) - bytes;
            double gib = moved / (double) (1L << 30);
            Map<String, Double> perGib = new LinkedHashMap<>();
            cpu(contender).forEach((name, now) -> perGib.put(name, (now - cpu.getOrDefault(name, 0.0)) / gib));
            return new Sample(moved * 8 / took / 1e9, perGib);
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private long bytes(Direction direction) {
        return direction == Direction.UP ? target.taken() : received.get();
    }

    private static Map<String, Double> cpu(Contender contender) throws IOException {
        Map<String, Double> cpu = new LinkedHashMap<>();
        cpu.put("ends", Child.cpuSeconds(ProcessHandle.current().pid()));
        for (Child child : contender.processes()) {
            cpu.put(child.name(), child.cpuSeconds());
        }
        return cpu;
    }

    private void load(Socket socket, Direction direction) {
        byte[] buffer = new byte[Target.BUFFER];
        try {
            if (direction == Direction.UP) {
                OutputStream out = socket.getOutputStream();
                while (true) {
                    out.write(buffer);
                }
            }
            InputStream in = socket.getInputStream();
            for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
                received.addAndGet(n);
            }
        } catch (IOException e) {
            // Closed at the end of the measurement.
            return;
        }
    }
}
