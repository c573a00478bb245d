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
    /**
     * What to expect after a login at which the relay has proven a key. While a cluster changes its key node by node,
     * the old one is taken as well, by those who have known it.
     */
    RelayAddress learned(PublicKey proven, @Nullable PublicKey announced) {
        if (announced != null && !announced.equals(proven)) {
            return new RelayAddress(address, role, proven, announced);
        }
        return proven.equals(key) ? new RelayAddress(address, role, key, null) : this;
    }

    /** The pinned key that this HELLO names, or null when it is another relay's. */
    @Nullable
    PublicKey keyOf(Hello hello) {
        if (hello.isOf(key.fingerprint())) {
            return key;
        }
        return nextKey != null && hello.isOf(nextKey.fingerprint()) ? nextKey : null;
    }
}
