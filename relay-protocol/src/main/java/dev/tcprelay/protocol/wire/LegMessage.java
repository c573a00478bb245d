package dev.tcprelay.protocol.wire;

import dev.tcprelay.protocol.files.ServerId;
import java.util.Arrays;

/** A record of a leg before it is raw (docs/protocol.md sections 6 to 8 and 13). Each comes at one place only. */
public sealed interface LegMessage {

    /** Type and body, for {@link RecordSealer#seal(byte[])}. */
    byte[] encode();

    /** The relay accepts ATTACH and tells which node it is. */
    record Ok(NodeId node) implements LegMessage {
        @Override
        public byte[] encode() {
            byte[] out = message(Layout.LEG_OK, Layout.NODE_ID);
            node.put(out, Layout.TYPE);
            return out;
        }
    }

    /** A client asks for a server; {@code ahead}: its message 2 may come as late as 5 minutes after START. */
    record Open(ServerId server, boolean ahead) implements LegMessage {
        @Override
        public byte[] encode() {
            byte[] out = message(Layout.LEG_OPEN, Layout.OPEN_BODY);
            out[Layout.TYPE] = flags(ahead);
            Fields.putName(out, Layout.TYPE + 1, server.value());
            return out;
        }
    }

    /** A client's leg is joined: raw from here on. */
    record Opened(TunnelId tunnel) implements LegMessage {
        @Override
        public byte[] encode() {
            byte[] out = message(Layout.LEG_OPENED, Layout.TUNNEL_ID);
            tunnel.put(out, Layout.TYPE);
            return out;
        }
    }

    /** There is no such server for this user: unknown, offline or forbidden, which look the same (rule M31). */
    record Unavailable() implements LegMessage {
        @Override
        public byte[] encode() {
            return message(Layout.LEG_UNAVAILABLE, Layout.UNAVAILABLE_BODY);
        }
    }

    /** A skeleton's leg is joined: raw from here on. */
    record Start(boolean ahead, TunnelId tunnel) implements LegMessage {
        @Override
        public byte[] encode() {
            byte[] out = message(Layout.LEG_START, Layout.START_BODY);
            out[Layout.TYPE] = flags(ahead);
            tunnel.put(out, Layout.TYPE + 1);
            return out;
        }
    }

    /** A node has a skeleton's leg for whoever awaits this token, and asks to be joined (rule M61). */
    record Carry(Token token, ServerId server) implements LegMessage {
        @Override
        public byte[] encode() {
            byte[] out = message(Layout.LEG_CARRY, Layout.CARRY_BODY);
            token.put(out, Layout.TYPE);
            Fields.putName(out, Layout.TYPE + Layout.TOKEN, server.value());
            return out;
        }
    }

    /**
     * The message of an opened record.
     *
     * @param typeAndBody as {@link RecordOpener} gives it
     * @param from the other side: not every message comes from everybody, and none from a skeleton
     */
    static LegMessage decode(byte[] typeAndBody, Sender from) throws ProtocolException {
        if (typeAndBody.length < Layout.TYPE) {
            throw new ProtocolException("a record without a type");
        }
        int type = typeAndBody[0];
        if (!maySend(from, type)) {
            throw new ProtocolException("a record of a leg that its sender has not");
        }
        byte[] body = Arrays.copyOfRange(typeAndBody, Layout.TYPE, typeAndBody.length);
        Fields.requireLength(body.length, bodyLength(type));
        return switch (type) {
            case Layout.LEG_OK -> new Ok(new NodeId(body));
            case Layout.LEG_OPEN -> {
                Fields.requireZeros(body, 1 + Layout.NAME65, Layout.OPEN_BODY);
                yield new Open(Fields.serverId(body, 1), ahead(body[0]));
            }
            case Layout.LEG_OPENED -> new Opened(new TunnelId(body));
            case Layout.LEG_UNAVAILABLE -> {
                Fields.requireZeros(body, 0, body.length);
                yield new Unavailable();
            }
            case Layout.LEG_START -> new Start(ahead(body[0]), new TunnelId(Fields.part(body, 1, Layout.TUNNEL_ID)));
            default -> new Carry(new Token(Fields.part(body, 0, Layout.TOKEN)), Fields.serverId(body, Layout.TOKEN));
        };
    }

    private static boolean maySend(Sender from, int type) {
        return switch (from) {
            case CLIENT -> type == Layout.LEG_OPEN;
            case SKELETON -> false;
            case PEER -> type == Layout.LEG_CARRY || type == Layout.LEG_OPENED;
            case RELAY -> type != Layout.LEG_OPEN && type != Layout.LEG_CARRY;
        };
    }

    private static int bodyLength(int type) throws ProtocolException {
        return switch (type) {
            case Layout.LEG_OK -> Layout.NODE_ID;
            case Layout.LEG_OPEN -> Layout.OPEN_BODY;
            case Layout.LEG_OPENED -> Layout.TUNNEL_ID;
            case Layout.LEG_UNAVAILABLE -> Layout.UNAVAILABLE_BODY;
            case Layout.LEG_START -> Layout.START_BODY;
            case Layout.LEG_CARRY -> Layout.CARRY_BODY;
            default -> throw new ProtocolException("a record of a leg of an unknown type");
        };
    }

    private static byte[] message(int type, int bodyLength) {
        byte[] out = new byte[Layout.TYPE + bodyLength];
        out[0] = (byte) type;
        return out;
    }

    private static byte flags(boolean ahead) {
        return (byte) (ahead ? Layout.FLAG_AHEAD : 0);
    }

    private static boolean ahead(byte flags) throws ProtocolException {
        if ((flags & ~Layout.FLAG_AHEAD) != 0) {
            throw new ProtocolException("an unknown flag");
        }
        return flags != 0;
    }
}
