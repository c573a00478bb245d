package dev.tcprelay.client;

import dev.tcprelay.protocol.files.ServerId;

/**
 * A server that is available to the client's user.
 *
 * @param skeletons how many skeletons serve it
 */
public record ServerInfo(ServerId id, int skeletons) {}
