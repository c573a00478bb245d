/** Placeholder. */
@NullMarked
package dev.tcprelay.client;

import org.jspecify.annotations.NullMarked;
