/** Measures Relay from outside, as processes, beside plain loopback. {@code bench/run} is the way in. */
@NullMarked
package dev.tcprelay.bench;

import org.jspecify.annotations.NullMarked;
