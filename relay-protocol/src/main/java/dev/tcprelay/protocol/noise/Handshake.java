package dev.tcprelay.protocol.noise;

import dev.tcprelay.protocol.noise.Pattern.Message;
import dev.tcprelay.protocol.noise.Pattern.Token;
import java.util.Arrays;

/**
 * One side of a handshake (Noise section 5.3). For one thread at a time.
 *
 * <p>Messages go in the order of the pattern. A call out of that order, a message that does not authenticate and any
 * other failure make the object dead: its secrets are erased and every later call throws {@link IllegalStateException}.
 */
public final class Handshake {

    /** Largest message, in bytes (Noise section 3). */
    public static final int MAX_MESSAGE = 65535;

    /** What may still be done with it. */
    private enum Phase {
        MESSAGES,
        SPLIT,
        DEAD
    }

    private final Pattern pattern;
    private final boolean initiator;
    private final SymmetricState symmetric;
    private final HandshakeKeys keys;
    private int at;
    private Phase phase = Phase.MESSAGES;

    /** The symmetric state has the prologue in it already. */
    Handshake(Pattern pattern, boolean initiator, SymmetricState symmetric, HandshakeKeys keys) {
        this.pattern = pattern;
        this.initiator = initiator;
        this.symmetric = symmetric;
        this.keys = keys;
        if (pattern.initiatorKnown()) {
            symmetric.mixHash(initiator ? keys.ownStatic() : keys.remoteStatic());
        }
        if (pattern.responderKnown()) {
            symmetric.mixHash(initiator ? keys.remoteStatic() : keys.ownStatic());
        }
    }

    /**
     * A handshake of a protocol such as {@code Noise_IK_25519_AESGCM_SHA256}.
     *
     * @throws IllegalArgumentException if the protocol is not known here
     */
    public static HandshakeBuilder named(String protocolName) {
        return new HandshakeBuilder(protocolName);
    }

    /**
     * The next message of the pattern, which is this side's.
     *
     * @throws IllegalArgumentException if it would be longer than 65,535 bytes; the handshake is dead then
     * @throws IllegalStateException if it is not this side's turn, or the handshake is over or dead
     */
    public byte[] write(byte[] payload) {
        Message message = turn(true);
        boolean written = false;
        try {
            byte[] out = new byte[upperBound(message, payload)];
            int end = 0;
            for (Token token : message.tokens()) {
                end += write(token, out, end);
            }
            end += symmetric.encryptAndHash(payload, out, end);
            if (end > MAX_MESSAGE) {
                throw new IllegalArgumentException("payload too long: " + payload.length);
            }
            at++;
            written = true;
            return Arrays.copyOf(out, end);
        } catch (AuthenticationException e) {
            throw new IllegalStateException("a key of low order got past its check", e);
        } finally {
            dieUnless(written);
        }
    }

    /**
     * The payload of the next message of the pattern, which is the other side's.
     *
     * @throws AuthenticationException if it is not what the other side would have written: too short or too long, a key
     *     of low order, a wrong tag; the handshake is dead then
     * @throws IllegalStateException if it is not the other side's turn, or the handshake is over or dead
     */
    public byte[] read(byte[] message) throws AuthenticationException {
        Message expected = turn(false);
        boolean understood = false;
        try {
            if (message.length > MAX_MESSAGE) {
                throw new AuthenticationException("message too long");
            }
            int from = 0;
            for (Token token : expected.tokens()) {
                from += read(token, message, from);
            }
            byte[] payload = symmetric.decryptAndHash(message, from, message.length - from);
            at++;
            understood = true;
            return payload;
        } finally {
            dieUnless(understood);
        }
    }

    /** Whether all messages were exchanged; stays true after the split, and false for a handshake that died before. */
    public boolean done() {
        return phase != Phase.DEAD && at == pattern.messages().size();
    }

    /**
     * A copy of the other side's static public key, as soon as it is known. That it has arrived does not yet prove that
     * the other side holds its private key; when that is proven depends on the pattern (Noise section 7.7).
     *
     * @throws IllegalStateException if it is not known, or the handshake is dead
     */
    public byte[] remoteStatic() {
        if (phase == Phase.DEAD) {
            throw new IllegalStateException("the handshake has failed");
        }
        return keys.remoteStatic();
    }

    /**
     * A value that is the same on both sides and in no other session (Noise section 11.2).
     *
     * @throws IllegalStateException if the handshake is not done
     */
    public byte[] hash() {
        if (!done()) {
            throw new IllegalStateException("the handshake is not done");
        }
        return symmetric.handshakeHash();
    }

    /**
     * The ciphers of the session, once. The secrets of the handshake are erased.
     *
     * @throws IllegalStateException if the handshake is not done, or was split before; it is dead then
     */
    public Transport split() {
        if (phase != Phase.MESSAGES || !done()) {
            dieUnless(false);
            throw new IllegalStateException("nothing to split");
        }
        CipherState[] pair = symmetric.split();
        phase = Phase.SPLIT;
        erase();
        return initiator ? new Transport(pair[0], pair[1]) : new Transport(pair[1], pair[0]);
    }

    private Message turn(boolean writing) {
        boolean open = phase == Phase.MESSAGES && at < pattern.messages().size();
        if (!open || (pattern.messages().get(at).fromInitiator() == initiator) != writing) {
            dieUnless(false);
            throw new IllegalStateException("out of order");
        }
        return pattern.messages().get(at);
    }

    /** Room for the message, counting each token as the longest one. */
    private static int upperBound(Message message, byte[] payload) {
        if (payload.length > MAX_MESSAGE) {
            throw new IllegalArgumentException("payload too long: " + payload.length);
        }
        return message.tokens().size() * (X25519.KEY + CipherState.TAG) + payload.length + CipherState.TAG;
    }

    /** Writes what the token puts on the wire and returns its length. */
    private int write(Token token, byte[] out, int to) throws AuthenticationException {
        switch (token) {
            case E -> {
                byte[] key = keys.generateEphemeral();
                System.arraycopy(key, 0, out, to, key.length);
                mixEphemeral(key);
                return key.length;
            }
            case S -> {
                return symmetric.encryptAndHash(keys.ownStatic(), out, to);
            }
            default -> {
                mix(token);
                return 0;
            }
        }
    }

    /** Reads what the token puts on the wire and returns its length. */
    private int read(Token token, byte[] in, int from) throws AuthenticationException {
        switch (token) {
            case E -> {
                byte[] key = Arrays.copyOfRange(in, from, endOf(in, from, X25519.KEY));
                keys.remoteEphemeral(key);
                mixEphemeral(key);
                return key.length;
            }
            case S -> {
                int length = X25519.KEY + (symmetric.hasKey() ? CipherState.TAG : 0);
                endOf(in, from, length);
                keys.remoteStatic(symmetric.decryptAndHash(in, from, length));
                return length;
            }
            default -> {
                mix(token);
                return 0;
            }
        }
    }

    private static int endOf(byte[] in, int from, int length) throws AuthenticationException {
        if (in.length - from < length) {
            throw new AuthenticationException("message too short");
        }
        return from + length;
    }

    /** The tokens that put nothing on the wire. */
    private void mix(Token token) throws AuthenticationException {
        byte[] secret = token == Token.PSK ? keys.nextPsk() : keys.agree(token);
        if (token == Token.PSK) {
            symmetric.mixKeyAndHash(secret);
        } else {
            symmetric.mixKey(secret);
        }
        Arrays.fill(secret, (byte) 0);
    }

    private void mixEphemeral(byte[] key) {
        symmetric.mixHash(key);
        if (pattern.psks() > 0) {
            symmetric.mixKey(key); // section 9.2: with a psk the ephemeral keys randomise the cipher keys
        }
    }

    private void dieUnless(boolean succeeded) {
        if (!succeeded) {
            phase = Phase.DEAD;
            erase();
        }
    }

    private void erase() {
        keys.erase();
        symmetric.erase();
    }
}
