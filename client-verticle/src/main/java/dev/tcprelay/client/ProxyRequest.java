package dev.tcprelay.client;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One local application's request on the proxy port: SOCKS5 or HTTP CONNECT, told apart by the first byte. Bytes in,
 * replies out; no I/O, no clock: the owner of the connection sets the deadline. Not safe for several threads.
 * To be dropped once it is answered, since it may hold a password.
 *
 * <p>A request holds at most {@link Socks5#LIMIT} or {@link HttpConnect#LIMIT} bytes; what follows it in the same
 * array is handed on as early bytes and is not limited here.
 */
final class ProxyRequest {
    /** How far the request is. */
    private enum State {
        NEGOTIATING,
        CONNECTING,
        ENDED
    }

    private final @Nullable ProxyCredentials credentials;
    private @Nullable ProxyDialect dialect;
    private State state = State.NEGOTIATING;

    /**
     * A request that has not begun.
     *
     * @param credentials what the application must present, in either dialect; null asks for nothing
     */
    ProxyRequest(@Nullable ProxyCredentials credentials) {
        this.credentials = credentials;
    }

    /**
     * Takes the next bytes; {@code len} may be 0.
     *
     * @throws IllegalStateException after a Connect or a Fail: later bytes are not part of the request
     */
    ProxyStep feed(byte[] bytes, int off, int len) {
        Objects.checkFromIndexSize(off, len, bytes.length);
        require(State.NEGOTIATING);
        ByteArrayOutputStream replies = new ByteArrayOutputStream(0);
        for (int at = off; at < off + len; at++) {
            ProxyStep step = accept(bytes[at]);
            replies.writeBytes(step.reply());
            if (step instanceof ProxyStep.Connect connect) {
                state = State.CONNECTING;
                byte[] early = Arrays.copyOfRange(bytes, at + 1, off + len);
                return new ProxyStep.Connect(replies.toByteArray(), connect.host(), connect.port(), early);
            }
            if (step instanceof ProxyStep.Fail fail) {
                state = State.ENDED;
                return new ProxyStep.Fail(replies.toByteArray(), fail.cause());
            }
        }
        return new ProxyStep.More(replies.toByteArray());
    }

    /**
     * The reply that tells the application that the tunnel is open; the next bytes are the server's.
     *
     * @throws IllegalStateException unless feeding ended with a Connect that was not answered yet
     */
    byte[] success() {
        return connecting().success();
    }

    /**
     * The reply that tells the application why there is no tunnel; then close as after a Fail.
     *
     * @throws IllegalStateException unless feeding ended with a Connect that was not answered yet
     */
    byte[] failure(ProxyFailure failure) {
        return connecting().failure(failure);
    }

    private ProxyDialect connecting() {
        require(State.CONNECTING);
        state = State.ENDED;
        return Objects.requireNonNull(dialect);
    }

    private void require(State required) {
        if (state != required) {
            throw new IllegalStateException("the request is " + state + ", not " + required);
        }
    }

    private ProxyStep accept(byte value) {
        if (dialect == null) {
            if (value == Socks5.VERSION) {
                dialect = new Socks5(credentials);
            } else if ((value >= 'A' && value <= 'Z') || (value >= 'a' && value <= 'z')) {
                dialect = new HttpConnect(credentials);
            } else {
                return new ProxyStep.Fail(ProxyStep.NOTHING, "neither SOCKS5 nor HTTP");
            }
        }
        return dialect.accept(value);
    }
}
