package dev.tcprelay.bench;

import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * The memory that tunnels take while nothing passes, in processes that have just started: what live objects and buffers
 * grow by after a garbage collection, and what the process grows by in the system's eyes. Measured once.
 */
final class Idle implements Workload {
    static final String NAME = "idle";
    private static final int WARM_UP = 300;

    private final RelayChain.Starter chains;
    private final List<Integer> counts;

    /**
     * Measures the tunnels of new processes.
     *
     * @param counts of tunnels, ascending
     */
    Idle(RelayChain.Starter chains, List<Integer> counts) {
        this.chains = chains;
        this.counts = counts;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean takesPart(int round) {
        return round == 0;
    }

    @Override
    public void round(Figures figures) throws IOException, InterruptedException {
        List<Socket> tunnels = new ArrayList<>();
        try (RelayChain chain = chains.start(Memory.TRACKING)) {
            Contender contender = chain.small();
            for (int i = 0; i < WARM_UP; i++) {
                FirstByte.millis(contender.port());
            }
            List<Memory> before = memory(contender);
            for (int count : counts) {
                while (tunnels.size() < count) {
                    tunnels.add(Responder.ask(contender.port(), false));
                }
                add(figures, count, contender, before);
            }
        } finally {
            for (Socket tunnel : tunnels) {
                tunnel.close();
            }
        }
    }

    private static void add(Figures figures, int count, Contender contender, List<Memory> before)
            throws IOException, InterruptedException {
        List<Memory> after = memory(contender);
        for (int i = 0; i < after.size(); i++) {
            Memory was = before.get(i);
            Memory now = after.get(i);
            String process = contender.processes().get(i).name();
            double live = now.heap() + now.direct() - was.heap() - was.direct();
            double resident = now.resident() - was.resident();
            figures.add(NAME + "." + count, contender, process + "_live_bytes", live / count);
            figures.add(NAME + "." + count, contender, process + "_resident_bytes", resident / count);
        }
    }

    /** Of each process, in their order. */
    private static List<Memory> memory(Contender contender) throws IOException, InterruptedException {
        List<Memory> memory = new ArrayList<>();
        for (Child child : contender.processes()) {
            memory.add(Memory.of(child));
        }
        return memory;
    }
}
