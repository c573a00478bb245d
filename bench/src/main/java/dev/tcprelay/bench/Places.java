package dev.tcprelay.bench;

/** Where the three parts of a contender are; the target is where the skeleton is. */
record Places(Place client, Place relay, Place skeleton) {
    static final Places LOOPBACK = new Places(Place.HERE, Place.HERE, Place.HERE);
}
