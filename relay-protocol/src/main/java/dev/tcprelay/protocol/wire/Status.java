package dev.tcprelay.protocol.wire;

/** What the relay says to a REGISTER (docs/protocol.md, rule M19). */
public enum Status {
    AVAILABLE("available"),
    FORBIDDEN("forbidden"),
    IN_USE("in-use"),
    LIMIT("limit"),
    WITHDRAWN("withdrawn");

    private final String text;

    Status(String text) {
        this.text = text;
    }

    /** As REGISTERED carries it. */
    @Override
    public String toString() {
        return text;
    }
}
