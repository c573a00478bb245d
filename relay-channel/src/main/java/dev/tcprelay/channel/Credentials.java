package dev.tcprelay.channel;

import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.noise.KeyPair;

/** With what a session logs in: the user's name and static key. */
public record Credentials(UserName user, KeyPair key) {
    /** Without the key. */
    @Override
    public String toString() {
        return "Credentials[" + user + "]";
    }
}
