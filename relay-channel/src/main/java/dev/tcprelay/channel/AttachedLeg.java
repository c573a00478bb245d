package dev.tcprelay.channel;

import dev.tcprelay.protocol.wire.NodeId;

/**
 * A leg that the relay has accepted.
 *
 * @param leg without a receiver; what the relay sends next waits
 * @param records the leg's records that come before it is raw
 * @param node the node on which it landed
 */
public record AttachedLeg(Leg leg, LegRecords records, NodeId node) {}
