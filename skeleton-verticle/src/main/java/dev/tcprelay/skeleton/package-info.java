/** The skeleton: registers server ids at a relay, keeps spares, and joins clients to the servers behind it. */
@NullMarked
package dev.tcprelay.skeleton;

import org.jspecify.annotations.NullMarked;
