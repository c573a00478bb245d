/** Placeholder. */
@NullMarked
package dev.tcprelay.relay;

import org.jspecify.annotations.NullMarked;
