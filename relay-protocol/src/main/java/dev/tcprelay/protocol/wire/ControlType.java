package dev.tcprelay.protocol.wire;

import java.util.List;

/** The type byte of each control message and who may send it (docs/protocol.md section 5, rule M16). */
enum ControlType {
    CONFIRM(Layout.CONFIRM, Sender.CLIENT, Sender.SKELETON),
    WELCOME(Layout.WELCOME, Sender.RELAY),
    TICKET(Layout.TICKET, Sender.RELAY),
    PING(Layout.PING, Sender.values()),
    PONG(Layout.PONG, Sender.values()),
    GOAWAY(Layout.GOAWAY, Sender.RELAY),
    BYE(Layout.BYE, Sender.values()),
    ERROR(Layout.ERROR, Sender.values()),
    LIST(Layout.LIST, Sender.CLIENT),
    SERVERS(Layout.SERVERS, Sender.RELAY),
    REGISTER(Layout.REGISTER, Sender.SKELETON),
    REGISTERED(Layout.REGISTERED, Sender.RELAY),
    UNREGISTER(Layout.UNREGISTER, Sender.SKELETON),
    NEED(Layout.NEED, Sender.RELAY);

    private final int code;
    private final boolean fromRelay;
    private final boolean fromClient;
    private final boolean fromSkeleton;

    ControlType(int code, Sender... senders) {
        this.code = code;
        this.fromRelay = List.of(senders).contains(Sender.RELAY);
        this.fromClient = List.of(senders).contains(Sender.CLIENT);
        this.fromSkeleton = List.of(senders).contains(Sender.SKELETON);
    }

    int code() {
        return code;
    }

    private boolean mayComeFrom(Sender sender) {
        return switch (sender) {
            case RELAY -> fromRelay;
            case CLIENT -> fromClient;
            case SKELETON -> fromSkeleton;
            case PEER -> false;
        };
    }

    /** The type with this code, if this sender may use it. */
    static ControlType of(int code, Sender from) throws ProtocolException {
        for (ControlType type : values()) {
            if (type.code == code && type.mayComeFrom(from)) {
                return type;
            }
        }
        throw new ProtocolException("a control message of a type that its sender has not");
    }
}
