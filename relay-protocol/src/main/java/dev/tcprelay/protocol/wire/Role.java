package dev.tcprelay.protocol.wire;

/** What the peers of one port of the relay are (docs/protocol.md section 3). Each role has a port of its own. */
public enum Role {
    CLIENT('C', "clients"),
    SKELETON('S', "skeletons"),
    /** Another node of the cluster (section 13). */
    PEER('P', "other nodes");

    private final byte code;
    private final String plural;

    Role(char code, String plural) {
        this.code = (byte) code;
        this.plural = plural;
    }

    byte code() {
        return code;
    }

    /** For messages to people: "clients", "skeletons", "other nodes". */
    String plural() {
        return plural;
    }

    /** The role with this code. */
    static Role of(byte code) throws ProtocolException {
        for (Role role : values()) {
            if (role.code == code) {
                return role;
            }
        }
        throw new ProtocolException("unknown role");
    }

    /** The same role as sender of messages. */
    public Sender sender() {
        return switch (this) {
            case CLIENT -> Sender.CLIENT;
            case SKELETON -> Sender.SKELETON;
            case PEER -> Sender.PEER;
        };
    }
}
