/** Placeholder. */
@NullMarked
package dev.tcprelay.protocol;

import org.jspecify.annotations.NullMarked;
