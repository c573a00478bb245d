package dev.tcprelay.bench;

import java.util.List;

/**
 * A way to the target that is measured.
 *
 * @param port on 127.0.0.1, which leads to the target
 * @param processes what carries the bytes, without the two ends
 */
record Contender(String name, int port, List<Child> processes) {}
