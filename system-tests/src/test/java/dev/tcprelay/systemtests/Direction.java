package dev.tcprelay.systemtests;

/** Which way bytes go on a connection. */
enum Direction {
    /** From the end that connected. */
    UP,
    /** To the end that connected. */
    DOWN;

    Direction other() {
        return this == UP ? DOWN : UP;
    }
}
