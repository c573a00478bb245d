package dev.tcprelay.protocol.wire;

import dev.tcprelay.protocol.noise.CipherState;

/** When a direction replaces its key: before each record whose number is a multiple of the interval (rule M5). */
record Rekeying(int interval) {

    Rekeying {
        if (interval < 1) {
            throw new IllegalArgumentException("an interval of " + interval + " records");
        }
    }

    /** To be called once before each record. */
    void before(CipherState cipher) {
        long n = cipher.nonce();
        if (n != 0 && Long.remainderUnsigned(n, interval) == 0) {
            cipher.rekey();
        }
    }
}
