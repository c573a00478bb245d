package dev.tcprelay.systemtests;

import java.io.IOException;
import java.util.List;

/**
 * One way from an application to a server, with a {@link FaultProxy} on every link. Its client and its skeleton have
 * sessions of their own.
 *
 * @param application between the application and the client's forwarded port
 * @param clientLink between the client and the relay
 * @param skeletonLink between the skeleton and the relay
 * @param targetLink between the skeleton and the server
 */
record Lane(
        String id,
        FaultProxy application,
        FaultProxy clientLink,
        FaultProxy skeletonLink,
        FaultProxy targetLink,
        ExchangeTarget target) {

    List<FaultProxy> links() {
        return List.of(application, clientLink, skeletonLink, targetLink);
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

    /** Waits until exchanges are whole again; fails the test after these seconds. */
    void awaitRecovery(long number, long bytes, long seconds) throws Exception {
        long[] next = {number};
        Ends[] last = new Ends[1];
        try {
            Eventually.within(seconds, id + " is well again", () -> {
                last[0] = run(Exchange.of(next[0]++, bytes));
                last[0].assertHonest();
                return last[0].areWhole();
            });
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; the last exchange: " + last[0], e);
        }
    }
}
