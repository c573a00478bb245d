package dev.tcprelay.relay;

import dev.tcprelay.protocol.wire.PeerKeys;

/**
 * The parts of a node by which it is one of several. A node without a cluster has them too, and no members.
 *
 * @param keys by which nodes know each other on links
 * @param links to other nodes
 * @param neighbours asks other nodes
 * @param fleet how other nodes are
 * @param admission of connections to the port for nodes: its own, so that strangers elsewhere cannot crowd nodes out
 */
record Peering(
        Members members, PeerKeys keys, PeerLinks links, Neighbours neighbours, Fleet fleet, Admission admission) {}
