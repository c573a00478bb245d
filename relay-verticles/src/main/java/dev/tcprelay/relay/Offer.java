package dev.tcprelay.relay;

import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.wire.Instance;

/**
 * One server id as one skeleton serves it, whatever nodes its sessions and spares are on.
 *
 * @param user the skeleton's account
 * @param instance the skeleton's process
 */
record Offer(ServerId server, UserName user, Instance instance) {}
