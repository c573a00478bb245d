package dev.tcprelay.bench;

import java.io.IOException;
import java.util.List;

/** The same wait through processes that have just started, where nothing is compiled yet: new ones in each round. */
final class Cold implements Workload {
    static final String NAME = "cold";
    private static final int LATER = 20;

    private final RelayChain.Starter chains;
    private final int target;

    /**
     * Measures tunnels of new processes.
     *
     * @param target the port of a {@link Responder}
     */
    Cold(RelayChain.Starter chains, int target) {
        this.chains = chains;
        this.target = target;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean takesPart(int round) {
        return round >= 0;
    }

    @Override
    public void round(Figures figures) throws IOException, InterruptedException {
        try (RelayChain chain = chains.start("")) {
            for (Contender contender : List.of(Contender.direct(target), chain.small())) {
                figures.add(NAME, contender, "first_ms", FirstByte.millis(contender.port()));
                double last = 0;
                for (int i = 1; i < LATER; i++) {
                    last = FirstByte.millis(contender.port());
                }
                figures.add(NAME, contender, LATER + "th_ms", last);
            }
        }
    }
}
