package dev.tcprelay.channel;

import dev.tcprelay.protocol.files.HostPort;
import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.wire.Hello;
import dev.tcprelay.protocol.wire.Role;
import org.jspecify.annotations.Nullable;

/**
 * One port of a relay and the key that it must prove to have.
 *
 * @param role decides which port that is
 * @param key the pinned key
 * @param nextKey a key that the relay has announced for later
 */
public record RelayAddress(
        HostPort address,
        Role role,
        PublicKey key,
        @Nullable PublicKey nextKey) {
    /** The pinned key that this HELLO names, or null when it is another relay's. */
    @Nullable
    PublicKey keyOf(Hello hello) {
        if (hello.isOf(key.fingerprint())) {
            return key;
        }
        return nextKey != null && hello.isOf(nextKey.fingerprint()) ? nextKey : null;
    }
}
