package dev.tcprelay.protocol.noise;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keys of two sides that may run any pattern, and the ephemeral pairs that they have used. */
final class Pairing {

    static final String IK = "Noise_IK_25519_AESGCM_SHA256";
    static final String NNPSK0 = "Noise_NNpsk0_25519_AESGCM_SHA256";

    final KeyPair initiatorStatic = KeyPair.generate(new SecureRandom());
    final KeyPair responderStatic = KeyPair.generate(new SecureRandom());
    final byte[] psk = new SecureRandom().generateSeed(32);
    final byte[] prologue = {'h', 'e', 'l', 'l', 'o'};
    final List<KeyPair> ephemerals = new ArrayList<>();

    Handshake initiator(String protocol) {
        return builder(protocol, true, initiatorStatic, responderStatic).initiator();
    }

    Handshake responder(String protocol) {
        return builder(protocol, false, responderStatic, initiatorStatic).responder();
    }

    /** With all that the pattern asks for. */
    HandshakeBuilder builder(String protocol, boolean initiator, KeyPair own, @Nullable KeyPair remote) {
        Pattern pattern = Pattern.named(protocol.split("_")[1]);
        HandshakeBuilder builder = Handshake.named(protocol).prologue(prologue).ephemerals(this::ephemeral);
        if (pattern.needsStatic(initiator)) {
            builder.staticKey(own);
        }
        if (pattern.knows(initiator) && remote != null) {
            builder.remoteStatic(remote.publicKey());
        }
        for (int i = 0; i < pattern.psks(); i++) {
            builder.psk(psk);
        }
        return builder;
    }

    private KeyPair ephemeral() {
        KeyPair pair = KeyPair.generate(new SecureRandom());
        ephemerals.add(pair);
        return pair;
    }

    boolean erased() {
        return ephemerals.stream().allMatch(pair -> Arrays.equals(new byte[32], pair.privateKey()));
    }
}
