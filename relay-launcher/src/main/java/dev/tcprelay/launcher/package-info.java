/** Placeholder. */
@NullMarked
package dev.tcprelay.launcher;

import org.jspecify.annotations.NullMarked;
