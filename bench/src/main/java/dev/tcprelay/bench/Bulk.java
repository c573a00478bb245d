package dev.tcprelay.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Throughput: numbers of streams in one direction, for a time. */
final class Bulk implements Workload {
    static final String NAME = "bulk";

    private final Target target;
    private final List<Contender> contenders;
    private final List<Integer> streams;
    private final double seconds;
    private final AtomicLong received = new AtomicLong();

    /** The contenders lead to the target. */
    Bulk(Target target, List<Contender> contenders, List<Integer> streams, double seconds) {
        this.target = target;
        this.contenders = contenders;
        this.streams = streams;
        this.seconds = seconds;
    }

    /** Which way the bytes go, seen from the client. */
    private enum Direction {
        UP('u'),
        DOWN('d');

        private final int code;

        Direction(int code) {
            this.code = code;
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void round(Figures figures) throws IOException, InterruptedException {
        for (int count : streams) {
            for (Direction direction : Direction.values()) {
                for (Contender contender : contenders) {
                    measure(contender, direction, count, figures);
                }
            }
        }
    }

    private void measure(Contender contender, Direction direction, int count, Figures figures)
            throws IOException, InterruptedException {
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), contender.port());
                socket.getOutputStream().write(direction.code);
                sockets.add(socket);
                Target.daemon("load", () -> load(socket, direction));
            }
            // The start, in which connections open and windows grow, is not measured.
            TimeUnit.MILLISECONDS.sleep(300);
            Map<String, Double> cpu = contender.cpuSeconds();
            long bytes = bytes(direction);
            long from = System.nanoTime();
            TimeUnit.MILLISECONDS.sleep((long) (seconds * 1000));
            double took = (System.nanoTime() - from) / 1e9;
            long moved = bytes(direction) - bytes;
            String name = NAME + "." + direction.name().toLowerCase(Locale.ROOT) + "." + count;
            figures.add(name, contender, "gbit_s", moved * 8 / took / 1e9);
            if (moved > 0) {
                figures.addCpu(name, contender, "cpu_s_per_gib", contender.cpuSince(cpu, moved / (double) (1L << 30)));
            }
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private long bytes(Direction direction) {
        return direction == Direction.UP ? target.taken() : received.get();
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
