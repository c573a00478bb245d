package dev.tcprelay.protocol.wire;

/** Whether a skeleton serves an id beside others of its account, or alone (docs/protocol.md, rules M19 and M20). */
public enum Mode {
    GROUP("group"),
    EXCLUSIVE("exclusive");

    private final String text;

    Mode(String text) {
        this.text = text;
    }

    /** As REGISTER carries it. */
    @Override
    public String toString() {
        return text;
    }
}
