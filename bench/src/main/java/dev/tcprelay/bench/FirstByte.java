package dev.tcprelay.bench;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;

/** How long somebody waits, from connect to the first byte of the reply: one connection after the other. */
final class FirstByte implements Workload {
    static final String NAME = "first-byte";

    private final List<Contender> contenders;
    private final int connections;

    /** The contenders lead to a {@link Responder}. */
    FirstByte(List<Contender> contenders, int connections) {
        this.contenders = contenders;
        this.connections = connections;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void round(Figures figures) throws IOException {
        for (Contender contender : contenders) {
            double[] all = new double[connections];
            for (int i = 0; i < connections; i++) {
                all[i] = millis(contender.port());
            }
            double[] sorted = IntStream.range(0, connections)
                    .mapToDouble(i -> all[i])
                    .sorted()
                    .toArray();
            figures.add(NAME, contender, "p50_ms", sorted[connections / 2]);
            figures.add(NAME, contender, "p90_ms", sorted[connections * 9 / 10]);
        }
    }

    /** The time of one. */
    static double millis(int port) throws IOException {
        long from = System.nanoTime();
        try (var answered = Responder.ask(port, false)) {
            long took = System.nanoTime() - from;
            answered.shutdownOutput();
            return took / 1e6;
        }
    }
}
