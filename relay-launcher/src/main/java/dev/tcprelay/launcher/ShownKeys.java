package dev.tcprelay.launcher;

import dev.tcprelay.channel.RelayLogins;
import dev.tcprelay.channel.RelayLogins.Login;
import dev.tcprelay.client.RelayClient;
import dev.tcprelay.protocol.files.PublicKey;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The keys that the relay has shown at a command's login. */
final class ShownKeys implements RelayClient.Observer {
    private static final Logger log = LoggerFactory.getLogger(ShownKeys.class);

    private volatile @Nullable PublicKey proven;
    private volatile @Nullable PublicKey announced;

    @Override
    public void established(PublicKey hasProven, @Nullable PublicKey hasAnnounced) {
        announced = hasAnnounced;
        proven = hasProven;
    }

    /** Follows a change of the relay's key. That it cannot be kept hinders nobody now. */
    void remember(Surroundings surroundings, Login login) {
        PublicKey key = proven;
        try {
            if (key != null) {
                RelayLogins.remember(surroundings.home(), login.known(), key, announced);
            }
        } catch (IOException e) {
            log.warn("the relay's next key could not be kept: {}", e.getMessage());
        }
    }
}
