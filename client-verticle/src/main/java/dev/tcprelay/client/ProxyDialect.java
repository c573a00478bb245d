package dev.tcprelay.client;

/**
 * One protocol of the proxy port. It takes the application's bytes one by one, so that no split of them can matter,
 * and gets no byte after it has answered with {@link ProxyStep.Connect} or {@link ProxyStep.Fail}.
 */
sealed interface ProxyDialect permits Socks5, HttpConnect {
    /** The step after this byte. What it replies belongs to this byte alone; a Connect has no early bytes. */
    ProxyStep accept(byte value);

    /** The reply that opens the tunnel. */
    byte[] success();

    /** The reply after which the connection is closed. */
    byte[] failure(ProxyFailure failure);
}
