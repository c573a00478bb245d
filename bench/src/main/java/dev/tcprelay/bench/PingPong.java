package dev.tcprelay.bench;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Arrays;

/**
 * Bytes there and back on one connection, again and again.
 *
 * @param size of what goes there and back
 * @param beside streams that carry bulk data down meanwhile, through the same contender
 */
record PingPong(int size, int beside, double seconds) implements Case {
    static final String NAME = "ping-pong";

    private static final int MOST = 1_000_000;
    private static final int UNCOUNTED = 20;

    @Override
    public String name() {
        return NAME + "." + size + (beside == 0 ? "" : "-beside-" + beside);
    }

    @Override
    public void measure(Way way, Measured measured) throws IOException {
        try (Load load = new Load(way, Load.Direction.DOWN, beside);
                Socket socket = way.entry().connect()) {
            socket.getOutputStream().write(Target.ECHO);
            double[] micros = micros(socket);
            measured.add("p50_us", Values.quantile(micros, 0.5));
            measured.add("p90_us", Values.quantile(micros, 0.9));
            measured.add("p99_us", Values.quantile(micros, 0.99));
            if (beside > 0) {
                measured.add("arrived_gib", load.bytes() / (double) (1L << 30));
            }
        }
    }

    /** Sorted. */
    private double[] micros(Socket socket) throws IOException {
        OutputStream out = socket.getOutputStream();
        InputStream in = socket.getInputStream();
        byte[] bytes = new byte[size];
        double[] micros = new double[MOST];
        int count = -UNCOUNTED;
        for (long until = System.nanoTime() + (long) (seconds * 1e9);
                count < 1 || (count < MOST && System.nanoTime() < until);
                count++) {
            long from = System.nanoTime();
            out.write(bytes);
            if (in.readNBytes(bytes, 0, size) < size) {
                throw new EOFException("the connection was closed");
            }
            if (count >= 0) {
                micros[count] = (System.nanoTime() - from) / 1e3;
            }
        }
        double[] sorted = Arrays.copyOf(micros, count);
        Arrays.sort(sorted);
        return sorted;
    }
}
