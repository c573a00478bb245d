package dev.tcprelay.bench;

import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * The memory that tunnels take while nothing passes, in processes that have just started: what the processes grow by in
 * the system's eyes and, of JVMs, what live objects and buffers grow by after a garbage collection. Measured once.
 *
 * @param counts of tunnels, ascending
 */
record Idle(Starts starts, List<Contender> contenders, List<Integer> counts) implements Workload {
    static final String NAME = "idle";

    private static final int WARM_UP = 300;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean once() {
        return true;
    }

    @Override
    public void round(Figures figures) throws InterruptedException {
        for (Contender contender : contenders) {
            try (Way way = starts.start(contender, Memory.TRACKING)) {
                measure(way, figures);
            } catch (IOException e) {
                figures.fail(NAME, contender.name(), e);
            }
        }
    }

    private void measure(Way way, Figures figures) throws IOException, InterruptedException {
        List<Socket> tunnels = new ArrayList<>();
        try {
            for (int i = 0; i < WARM_UP; i++) {
                Asking.firstByteMillis(way.entry());
            }
            List<Memory> before = memory(way);
            for (int count : counts) {
                while (tunnels.size() < count) {
                    tunnels.add(Asking.keep(way.entry()));
                }
                add(new Measured(figures, NAME + "." + count, way.name()), count, way, before);
            }
        } finally {
            for (Socket tunnel : tunnels) {
                tunnel.close();
            }
        }
    }

    private static void add(Measured measured, int count, Way way, List<Memory> before)
            throws IOException, InterruptedException {
        List<Memory> after = memory(way);
        double grown = 0;
        for (int i = 0; i < after.size(); i++) {
            grown += after.get(i).resident() - before.get(i).resident();
        }
        measured.add("resident_bytes", grown / count);
        for (int i = 0; i < after.size(); i++) {
            Memory was = before.get(i);
            Memory now = after.get(i);
            String process = way.processes().get(i).name();
            measured.add(process + "_resident_bytes", (double) (now.resident() - was.resident()) / count);
            if (now.live().isPresent() && was.live().isPresent()) {
                double live = now.live().getAsLong() - was.live().getAsLong();
                measured.add(process + "_live_bytes", live / count);
            }
        }
    }

    /** Of each process, in their order. */
    private static List<Memory> memory(Way way) throws IOException, InterruptedException {
        List<Memory> memory = new ArrayList<>();
        for (Child child : way.processes()) {
            memory.add(Memory.of(child, way.isOurs()));
        }
        return memory;
    }
}
