package dev.tcprelay.bench;

import java.util.List;

/** Nothing in between: what the others are compared with. */
final class Direct implements Contender {
    static final String NAME = "direct";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<String> programs() {
        return List.of();
    }

    @Override
    public Entry start(Stage stage) {
        return Entry.port(stage.target(), stage.target());
    }
}
