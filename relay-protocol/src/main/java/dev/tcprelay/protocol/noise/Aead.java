package dev.tcprelay.protocol.noise;

import java.security.GeneralSecurityException;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** The AEAD functions of Noise (sections 12.3 and 12.4): algorithms of the JDK and the layout of their 96-bit nonce. */
enum Aead {
    /** The one that the relay uses: 32 bits of zeros, then the counter big-endian. */
    AESGCM("AES/GCM/NoPadding", "AES") {
        @Override
        void nonce(long n, byte[] iv) {
            for (int i = 0; i < Long.BYTES; i++) {
                iv[4 + i] = (byte) (n >>> (56 - 8 * i));
            }
        }

        @Override
        AlgorithmParameterSpec parameters(byte[] iv) {
            return new GCMParameterSpec(8 * CipherState.TAG, iv);
        }
    },

    /** For public test vectors: 32 bits of zeros, then the counter little-endian. */
    ChaChaPoly("ChaCha20-Poly1305", "ChaCha20") {
        @Override
        void nonce(long n, byte[] iv) {
            for (int i = 0; i < Long.BYTES; i++) {
                iv[4 + i] = (byte) (n >>> (8 * i));
            }
        }

        @Override
        AlgorithmParameterSpec parameters(byte[] iv) {
            return new IvParameterSpec(iv);
        }
    };

    private final String transformation;
    private final String keyAlgorithm;

    Aead(String transformation, String keyAlgorithm) {
        this.transformation = transformation;
        this.keyAlgorithm = keyAlgorithm;
    }

    /** Writes the counter into the last eight of the twelve bytes; the first four stay zero. */
    abstract void nonce(long n, byte[] iv);

    abstract AlgorithmParameterSpec parameters(byte[] iv);

    Cipher cipher() {
        try {
            return Cipher.getInstance(transformation);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    SecretKeySpec key(byte[] key) {
        return new SecretKeySpec(key, 0, CipherState.KEY, keyAlgorithm);
    }
}
