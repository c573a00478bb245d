package dev.tcprelay.protocol.noise;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a handshake starts from. It copies the arrays that it is given and makes one handshake or several.
 *
 * <p>A key or psk that the pattern lacks is refused when the handshake is made, and so is one that it does not use:
 * whoever gives a key that nothing checks expects a protection that is not there.
 */
public final class HandshakeBuilder {

    private static final int PSK = 32;

    private final String protocolName;
    private final Pattern pattern;
    private final Aead aead;
    private final String hash;

    private final List<byte[]> psks = new ArrayList<>();
    private byte[] prologue = {};
    private @Nullable KeyPair own;
    private byte @Nullable [] remoteStatic;
    private EphemeralSource ephemerals = EphemeralSource.from(new SecureRandom());

    HandshakeBuilder(String protocolName) {
        String[] parts = protocolName.split("_", -1);
        if (parts.length != 5 || !parts[0].equals("Noise") || !parts[2].equals("25519")) {
            throw new IllegalArgumentException("unknown protocol: " + protocolName);
        }
        this.protocolName = protocolName;
        this.pattern = Pattern.named(parts[1]);
        this.aead = Aead.valueOf(parts[3]);
        this.hash = parts[4];
    }

    /** What both sides already agree on, and both hash first (Noise section 6); empty unless set. */
    public HandshakeBuilder prologue(byte[] value) {
        prologue = value.clone();
        return this;
    }

    /** The own static pair. It is not erased: it outlives the handshake. */
    public HandshakeBuilder staticKey(KeyPair pair) {
        own = pair;
        return this;
    }

    /**
     * The other side's static public key, known beforehand.
     *
     * @throws IllegalArgumentException unless it is 32 bytes long and not of low order
     */
    public HandshakeBuilder remoteStatic(byte[] publicKey) {
        if (X25519.lowOrder(publicKey)) {
            throw new IllegalArgumentException("remote public key of low order");
        }
        remoteStatic = publicKey.clone();
        return this;
    }

    /**
     * The next pre-shared key, in the order of the pattern's psk tokens.
     *
     * @throws IllegalArgumentException unless it is 32 bytes long
     */
    public HandshakeBuilder psk(byte[] psk) {
        if (psk.length != PSK) {
            throw new IllegalArgumentException("a psk is 32 bytes long, not " + psk.length);
        }
        psks.add(psk.clone());
        return this;
    }

    /** Where ephemeral keys come from; a {@link SecureRandom} unless set. */
    public HandshakeBuilder ephemerals(EphemeralSource source) {
        ephemerals = source;
        return this;
    }

    /**
     * The side that writes first.
     *
     * @throws IllegalArgumentException if a key or psk is missing, or not used by the pattern
     */
    public Handshake initiator() {
        return build(true);
    }

    /**
     * The side that reads first.
     *
     * @throws IllegalArgumentException if a key or psk is missing, or not used by the pattern
     */
    public Handshake responder() {
        return build(false);
    }

    private Handshake build(boolean initiator) {
        require(pattern.needsStatic(initiator) == (own != null), "own static pair");
        require(pattern.knows(initiator) == (remoteStatic != null), "remote static key");
        require(pattern.psks() == psks.size(), "number of psks");
        SymmetricState symmetric = new SymmetricState(protocolName, aead, Hash.named(hash));
        symmetric.mixHash(prologue);
        List<byte[]> owned = psks.stream().map(byte[]::clone).toList();
        HandshakeKeys keys = new HandshakeKeys(initiator, own, remoteStatic, owned, ephemerals);
        return new Handshake(pattern, initiator, symmetric, keys);
    }

    private void require(boolean met, String what) {
        if (!met) {
            throw new IllegalArgumentException(protocolName + ": " + what + " missing or too much");
        }
    }
}
