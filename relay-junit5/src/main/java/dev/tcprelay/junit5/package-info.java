/**
 * A JUnit 5 extension for tests of what runs on Relay: a relay, skeletons and clients in one process on free ports. See
 * {@link dev.tcprelay.junit5.RelayExtension}.
 */
@NullMarked
package dev.tcprelay.junit5;

import org.jspecify.annotations.NullMarked;
