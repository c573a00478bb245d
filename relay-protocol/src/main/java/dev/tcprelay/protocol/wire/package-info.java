/**
 * The messages of tcprelay/1 (docs/protocol.md): bytes in, bytes out.
 *
 * <p>No I/O, no clock, no threads: time and randomness are arguments. Values are immutable; handshakes and record
 * layers hold a state and belong to one thread at a time. Input is hostile: a decoder throws
 * {@link dev.tcprelay.protocol.wire.ProtocolException} for bytes that do not follow the protocol and
 * {@link dev.tcprelay.protocol.noise.AuthenticationException} for bytes that were not sealed by the holder of the right
 * key, and nothing else.
 */
@NullMarked
package dev.tcprelay.protocol.wire;

import org.jspecify.annotations.NullMarked;
