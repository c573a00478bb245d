package dev.tcprelay.protocol.noise;

import java.security.SecureRandom;

/**
 * Where a handshake takes its ephemeral key from. Test vectors fix it; everything else uses {@link #from}, because an
 * ephemeral key that is used twice gives away what it protects.
 */
@FunctionalInterface
public interface EphemeralSource {

    /** A fresh pair. The handshake owns it and erases its private key. */
    KeyPair next();

    /** A new key from {@code random} each time. */
    static EphemeralSource from(SecureRandom random) {
        return () -> KeyPair.generate(random);
    }
}
