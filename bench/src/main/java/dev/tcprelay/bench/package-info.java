/** Placeholder. */
@NullMarked
package dev.tcprelay.bench;

import org.jspecify.annotations.NullMarked;
