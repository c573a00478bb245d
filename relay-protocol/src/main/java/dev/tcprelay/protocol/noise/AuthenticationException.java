package dev.tcprelay.protocol.noise;

/**
 * Received bytes are not what the holder of the right key would have sent: forged, cut, replayed, or sealed with
 * another key. Hostile input causes it at will, so it has no stack trace; its message says which check failed and holds
 * no secret.
 */
public final class AuthenticationException extends Exception {

    private static final long serialVersionUID = 1L;

    public AuthenticationException(String message) {
        super(message, null, false, false);
    }
}
