package dev.tcprelay.bench;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Throughput: a number of streams for a time, first all of them up, then all of them down. */
record Bulk(int streams, double seconds) implements Case {
    static final String NAME = "bulk";

    private static final double GIB = 1L << 30;
    private static final int OPENING_MILLIS = 300;
    /** A machine that is busy with other things may move nothing in a short measurement. */
    private static final double PATIENCE_SECONDS = 5;

    @Override
    public String name() {
        return NAME + "." + streams;
    }

    /** What went in one direction. */
    private record Part(long bytes, double seconds, Map<String, Double> cpu) {
        double gbps() {
            return bytes * 8 / seconds / 1e9;
        }
    }

    @Override
    public void measure(Way way, Measured measured) throws IOException, InterruptedException {
        Part up = part(way, Load.Direction.UP);
        Part down = part(way, Load.Direction.DOWN);
        double bytes = (double) up.bytes + down.bytes;
        measured.add("gbps", bytes * 8 / (up.seconds + down.seconds) / 1e9);
        measured.add("up_gbps", up.gbps());
        measured.add("down_gbps", down.gbps());
        Map<String, Double> cpu = new LinkedHashMap<>(up.cpu);
        down.cpu.forEach((process, used) -> cpu.merge(process, used, Double::sum));
        cpu.replaceAll((process, used) -> used / (bytes / GIB));
        measured.addCpu("cpu_s_per_gib", cpu);
    }

    private Part part(Way way, Load.Direction direction) throws IOException, InterruptedException {
        try (Load load = new Load(way, direction, streams)) {
            // The start, in which connections open and windows grow, is not measured.
            TimeUnit.MILLISECONDS.sleep(OPENING_MILLIS);
            Map<String, Double> cpu = way.cpuSeconds();
            long bytes = load.bytes();
            long from = System.nanoTime();
            long moved = 0;
            double took = 0;
            while (moved <= 0 && took < PATIENCE_SECONDS) {
                TimeUnit.MILLISECONDS.sleep((long) (seconds * 1000));
                moved = load.bytes() - bytes;
                took = (System.nanoTime() - from) / 1e9;
            }
            if (moved <= 0) {
                throw new IOException("no byte arrived in " + PATIENCE_SECONDS + " s");
            }
            return new Part(moved, took, way.cpuSince(cpu, 1));
        }
    }
}
