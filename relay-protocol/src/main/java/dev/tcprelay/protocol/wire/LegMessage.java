package dev.tcprelay.protocol.wire;

import dev.tcprelay.protocol.files.ServerId;
import java.util.Arrays;

/** A record of a leg before it is raw (docs/protocol.md sections 6 to 8). Each comes at one place only. */
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

    /**
     * The message of an opened record.
     *
     * @param typeAndBody as {@link RecordOpener} gives it
     * @param from the other side: only OPEN comes from a client, and nothing from a skeleton
     */
    static LegMessage decode(byte[] typeAndBody, Sender from) throws ProtocolException {
        if (typeAndBody.length < Layout.TYPE) {
            throw new ProtocolException("a record without a type");
        }
        int type = typeAndBody[0];
        boolean open = type == Layout.LEG_OPEN && from == Sender.CLIENT;
        if (!open && (from != Sender.RELAY || type == Layout.LEG_OPEN)) {
            throw new ProtocolException("a record of a leg that its sender has not");
        }
        byte[] body = Arrays.copyOfRange(typeAndBody, Layout.TYPE, typeAndBody.length);
        switch (type) {
            case Layout.LEG_OK -> {
                Fields.requireLength(body.length, Layout.NODE_ID);
                return new Ok(new NodeId(body));
            }
            case Layout.LEG_OPEN -> {
                Fields.requireLength(body.length, Layout.OPEN_BODY);
                Fields.requireZeros(body, 1 + Layout.NAME65, Layout.OPEN_BODY);
                return new Open(Fields.serverId(body, 1), ahead(body[0]));
            }
            case Layout.LEG_OPENED -> {
                Fields.requireLength(body.length, Layout.TUNNEL_ID);
                return new Opened(new TunnelId(body));
            }
            case Layout.LEG_UNAVAILABLE -> {
                Fields.requireLength(body.length, Layout.UNAVAILABLE_BODY);
                Fields.requireZeros(body, 0, body.length);
                return new Unavailable();
            }
            case Layout.LEG_START -> {
                Fields.requireLength(body.length, Layout.START_BODY);
                return new Start(ahead(body[0]), new TunnelId(Fields.part(body, 1, Layout.TUNNEL_ID)));
            }
            default -> throw new ProtocolException("a record of a leg of an unknown type");
        }
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
