package dev.tcprelay.systemtests;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * One way from an application to a server, with a {@link FaultProxy} on every link. Its client and its skeleton have
 * sessions of their own.
 *
 * @param application between the application and the client's forwarded port
 * @param clientLink between the client and the relay
 * @param skeletonLink between the skeleton and the relay
 * @param targetLink between the skeleton and the server
 * @param ready how many warm legs and spares it has
 */
record Lane(
        String id,
        FaultProxy application,
        FaultProxy clientLink,
        FaultProxy skeletonLink,
        FaultProxy targetLink,
        ExchangeTarget target,
        int ready) {
    private static final Duration TIME_TO_CLOSE = Duration.ofSeconds(1);
    private static final long MILLIS_BETWEEN = 5;

    List<FaultProxy> links() {
        return List.of(application, clientLink, skeletonLink, targetLink);
    }

    /** Connections that are open, for each of the links. */
    List<Integer> open() {
        return links().stream().map(FaultProxy::open).toList();
    }

    /** Everything is well again. */
    void lift() throws IOException {
        for (FaultProxy link : links()) {
            link.lift();
        }
    }

    /** What both ends see of an exchange. Faults are lifted as soon as the application has seen its end. */
    Ends run(Exchange exchange) throws Exception {
        target.exchange(exchange);
        return ends(exchange, exchange.run(application().port(), () -> {}));
    }

    /** The same; when the tunnel is open and half of the application's bytes are sent, the event happens. */
    Ends run(Exchange exchange, Exchange.Event halfway) throws Exception {
        target.exchange(exchange);
        Received application = exchange.run(application().port(), () -> {
            target.awaitConnections(1);
            halfway.happen();
        });
        return ends(exchange, application);
    }

    private Ends ends(Exchange exchange, Received application) throws Exception {
        lift();
        return new Ends(exchange, application, target.received());
    }

    /** Whether no leg is left but those that wait. */
    private boolean isAtRest() throws InterruptedException {
        Deadline deadline = Deadline.in(TIME_TO_CLOSE);
        while (skeletonLink.openLegs() > ready && !deadline.passed()) {
            // Another process closes its legs: the proxy can only look again.
            Thread.sleep(MILLIS_BETWEEN);
        }
        return skeletonLink.openLegs() <= ready;
    }

    /**
     * Waits until exchanges are whole again, and have used up what came too late for others and waits as a spare
     * (docs/protocol.md, M39); fails the test after these seconds.
     */
    void awaitRecovery(long number, long bytes, long seconds) throws Exception {
        long[] next = {number};
        Ends[] last = new Ends[1];
        try {
            Eventually.within(seconds, id + " is well again", () -> {
                last[0] = run(Exchange.of(next[0]++, bytes));
                last[0].assertHonest();
                return last[0].areWhole() && isAtRest();
            });
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; the last exchange: " + last[0], e);
        }
    }
}
