/** Placeholder. */
@NullMarked
package dev.tcprelay.skeleton;

import org.jspecify.annotations.NullMarked;
