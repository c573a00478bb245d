/** Placeholder. */
@NullMarked
package dev.tcprelay.junit5;

import org.jspecify.annotations.NullMarked;
