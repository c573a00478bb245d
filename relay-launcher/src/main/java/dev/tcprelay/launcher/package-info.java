/** The {@code relay} command: what people type, config files, and the deployment of verticles. */
@NullMarked
package dev.tcprelay.launcher;

import org.jspecify.annotations.NullMarked;
