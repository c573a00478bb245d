package dev.tcprelay.protocol.noise;

import java.util.Arrays;

/** Message 1 of a login as the holder of relay.key forges it for a user of whom it knows the public key only. */
public final class ForgedLogin {
    private ForgedLogin() {}

    /** The 224 bytes. */
    public static byte[] message1(byte[] hello, KeyPair relay, byte[] user, KeyPair ephemeral, byte[] payload)
            throws AuthenticationException {
        var state = new SymmetricState("Noise_IK_25519_AESGCM_SHA256", Aead.AESGCM, Hash.named("SHA256"));
        byte[] out = new byte[32 + 48 + payload.length + 16];
        state.mixHash(hello);
        state.mixHash(relay.publicKey());
        System.arraycopy(ephemeral.publicKey(), 0, out, 0, 32);
        state.mixHash(ephemeral.publicKey());
        state.mixKey(X25519.agree(ephemeral, relay.publicKey()));
        int at = 32 + state.encryptAndHash(user, out, 32);
        state.mixKey(X25519.agree(relay, user)); // what needs the user's private key, or the relay's
        at += state.encryptAndHash(payload, out, at);
        return Arrays.copyOf(out, at);
    }
}
