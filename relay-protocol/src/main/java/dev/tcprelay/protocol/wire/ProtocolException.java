package dev.tcprelay.protocol.wire;

/**
 * Received bytes do not follow docs/protocol.md. Hostile input causes it at will, so it has no stack trace; its message
 * is short, says which rule was broken and repeats nothing of the input.
 */
public final class ProtocolException extends Exception {

    private static final long serialVersionUID = 1L;

    public ProtocolException(String message) {
        super(message, null, false, false);
    }
}
