/** Placeholder. */
@NullMarked
package dev.tcprelay.channel;

import org.jspecify.annotations.NullMarked;
