package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

/**
 * What came of an {@link Exchange}.
 *
 * @param application what the application has received
 * @param targets what each of the target's connections has received; none when no tunnel came into being
 */
record Ends(Exchange exchange, Received application, List<Received> targets) {
    /** Both directions, to their ends, on one tunnel. */
    boolean areWhole() {
        return application.isWhole(exchange.bytes())
                && targets.size() == 1
                && targets.get(0).isWhole(exchange.bytes());
    }

    /** What has come of one direction; nothing and a reset, when no tunnel came into being. */
    Received received(Direction direction) {
        if (direction == Direction.DOWN) {
            return application;
        }
        return targets.isEmpty() ? new Received(0, -1, Received.End.RESET) : targets.get(targets.size() - 1);
    }

    /** Nowhere a byte that was not sent, nowhere an end where there is more. */
    void assertHonest() {
        assertTrue(application.isHonest(exchange.bytes()), this::toString);
        assertTrue(targets.stream().allMatch(target -> target.isHonest(exchange.bytes())), this::toString);
    }
}
