/** The protocol over Vert.x sockets: legs, splice, control connection, end-to-end stream, backoff. */
@NullMarked
package dev.tcprelay.channel;

import org.jspecify.annotations.NullMarked;
