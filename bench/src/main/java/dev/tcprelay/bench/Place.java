package dev.tcprelay.bench;

import java.util.List;

/**
 * A host, or what stands for one on this machine.
 *
 * @param host its address, by which the other places reach it
 * @param enter what stands before a command so that it runs there; empty for this machine as it is
 */
record Place(String host, List<String> enter) {
    static final Place HERE = new Place("127.0.0.1", List.of());
}
