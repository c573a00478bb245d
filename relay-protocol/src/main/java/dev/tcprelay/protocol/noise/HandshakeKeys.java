package dev.tcprelay.protocol.noise;

import dev.tcprelay.protocol.noise.Pattern.Token;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The keys of one handshake: s, e, rs, re and the psks of Noise section 5.3. */
final class HandshakeKeys {

    private final boolean initiator;
    private final @Nullable KeyPair own;
    private final Deque<byte[]> psks;
    private final EphemeralSource ephemerals;
    private @Nullable KeyPair ephemeral;
    private byte @Nullable [] remoteStatic;
    private byte @Nullable [] remoteEphemeral;

    /** The psks are erased after use, the own pair is not. */
    HandshakeKeys(
            boolean initiator,
            @Nullable KeyPair own,
            byte @Nullable [] remoteStatic,
            List<byte[]> psks,
            EphemeralSource ephemerals) {
        this.initiator = initiator;
        this.own = own;
        this.remoteStatic = remoteStatic;
        this.psks = new ArrayDeque<>(psks);
        this.ephemerals = ephemerals;
    }

    /** Makes the own ephemeral pair and returns its public key. */
    byte[] generateEphemeral() {
        ephemeral = ephemerals.next();
        return ephemeral.publicKey();
    }

    byte[] ownStatic() {
        return require(own).publicKey();
    }

    byte[] remoteStatic() {
        return require(remoteStatic).clone();
    }

    void remoteStatic(byte[] key) throws AuthenticationException {
        remoteStatic = agreeable(key);
    }

    void remoteEphemeral(byte[] key) throws AuthenticationException {
        remoteEphemeral = agreeable(key);
    }

    byte[] nextPsk() {
        return psks.remove();
    }

    /** What the token's Diffie-Hellman function gives, to be erased after use. */
    byte[] agree(Token token) throws AuthenticationException {
        return switch (token) {
            case EE -> X25519.agree(require(ephemeral), require(remoteEphemeral));
            case SS -> X25519.agree(require(own), require(remoteStatic));
            case ES -> initiator ? ownEphemeralWithStatic() : ownStaticWithEphemeral();
            case SE -> initiator ? ownStaticWithEphemeral() : ownEphemeralWithStatic();
            default -> throw new IllegalStateException("not a key agreement: " + token);
        };
    }

    /** Erases what is secret and belongs to this handshake alone. */
    void erase() {
        KeyPair used = ephemeral;
        if (used != null) {
            used.erase();
            ephemeral = null;
        }
        psks.forEach(psk -> Arrays.fill(psk, (byte) 0));
        psks.clear();
    }

    private byte[] ownEphemeralWithStatic() throws AuthenticationException {
        return X25519.agree(require(ephemeral), require(remoteStatic));
    }

    private byte[] ownStaticWithEphemeral() throws AuthenticationException {
        return X25519.agree(require(own), require(remoteEphemeral));
    }

    /** Refused on arrival and not at its first use: that may be in a message of ours, where nobody is to blame. */
    private static byte[] agreeable(byte[] key) throws AuthenticationException {
        if (X25519.lowOrder(key)) {
            throw new AuthenticationException("public key of low order");
        }
        return key;
    }

    private static <T> T require(@Nullable T key) {
        if (key == null) {
            throw new IllegalStateException("key not known");
        }
        return key;
    }
}
