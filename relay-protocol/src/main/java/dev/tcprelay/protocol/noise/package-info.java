/**
 * The Noise protocol framework, revision 34 (noiseprotocol.org/noise.html), and the primitives under it.
 *
 * <p>Classes carry the names of the specification's objects. The relay uses two protocols of it,
 * {@code Noise_IK_25519_AESGCM_SHA256} for logins and {@code Noise_NNpsk0_25519_AESGCM_SHA256} from end to end; the
 * core knows all patterns, so that public test vectors can run against it.
 *
 * <p>No I/O, no clock, no threads. Objects that hold a state belong to one thread at a time.
 */
@NullMarked
package dev.tcprelay.protocol.noise;

import org.jspecify.annotations.NullMarked;
