/**
 * A relay node: two gateways on which clients and skeletons log in and attach their legs, the directory of available
 * servers, the accounts, and the tunnels that join legs. {@link dev.tcprelay.relay.RelayVerticle} is the way in.
 */
@NullMarked
package dev.tcprelay.relay;

import org.jspecify.annotations.NullMarked;
