package dev.tcprelay.relay;

import dev.tcprelay.channel.Descriptors;
import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.noise.KeyPair;
import dev.tcprelay.protocol.wire.NodeId;
import dev.tcprelay.protocol.wire.Tickets;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a node that its gateways share. Each is thread-safe.
 *
 * @param id of this run of the node
 * @param key the relay's key pair
 * @param nextKey a key to be announced, or null
 * @param ports what WELCOME tells
 */
record Node(
        NodeId id,
        KeyPair key,
        @Nullable PublicKey nextKey,
        Ports ports,
        CurrentLimits currentLimits,
        Accounts accounts,
        Tickets tickets,
        Directory directory,
        Spares spares,
        Sessions sessions,
        WarmLegs warmLegs,
        Tunnels tunnels,
        Admission admission,
        FailedLogins failedLogins,
        LoginDesk loginDesk,
        Counters counters,
        Descriptors descriptors,
        Peering peering,
        EventLog events,
        SecureRandom random) {

    /** The limits that hold now. */
    Limits limits() {
        return currentLimits.now();
    }

    /** Unix time in seconds, by which tickets live. */
    static long now() {
        return System.currentTimeMillis() / 1000;
    }

    /** The ports by which the world reaches the cluster, and nodes this one; known once the gateways listen. */
    static final class Ports {
        private volatile int clients;
        private volatile int skeletons;
        private volatile int peers;

        void clients(int port) {
            clients = port;
        }

        int clients() {
            return clients;
        }

        void skeletons(int port) {
            skeletons = port;
        }

        int skeletons() {
            return skeletons;
        }

        void peers(int port) {
            peers = port;
        }

        /** For other nodes; 0 where there is no cluster. */
        int peers() {
            return peers;
        }
    }
}
