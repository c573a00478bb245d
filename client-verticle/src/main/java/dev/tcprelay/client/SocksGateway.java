package dev.tcprelay.client;

import dev.tcprelay.channel.Leg;
import org.jspecify.annotations.Nullable;

/**
 * What the proxy port is: SOCKS5 and HTTP CONNECT. Host names are server ids, never resolved. The reply tells the true
 * outcome: success only after the server has been reached. On the client's event loop.
 */
final class SocksGateway {
    /** Connections whose request is not complete; beyond, new ones are closed. */
    static final int NEGOTIATING = 1024;

    private final RelayClient client;
    private final @Nullable ProxyCredentials credentials;
    private final FailureLog failures;
    private int negotiating;

    SocksGateway(RelayClient client, @Nullable ProxyCredentials credentials, FailureLog failures) {
        this.client = client;
        this.credentials = credentials;
        this.failures = failures;
    }

    void accepted(Leg leg) {
        if (negotiating == NEGOTIATING) {
            leg.close();
            return;
        }
        negotiating++;
        new ProxyConnection(leg, client, credentials, failures, () -> negotiating--).begin();
    }
}
