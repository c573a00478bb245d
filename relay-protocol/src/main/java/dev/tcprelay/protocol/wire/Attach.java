package dev.tcprelay.protocol.wire;

import dev.tcprelay.protocol.files.ServerId;
import org.jspecify.annotations.Nullable;

/**
 * What a leg is for (docs/protocol.md section 6): the sealed part of ATTACH.
 *
 * @param server the id that a spare or an answer serves, else null
 * @param meeting where an answer is awaited, else null
 * @param token by what it is known there, else null
 */
public record Attach(
        Kind kind,
        @Nullable ServerId server,
        @Nullable NodeId meeting,
        @Nullable Token token) {

    /** The purposes of a leg. */
    public enum Kind {
        CLIENT(1, Role.CLIENT),
        SPARE(2, Role.SKELETON),
        ANSWER(3, Role.SKELETON),
        PEER(4, Role.PEER);

        private final byte code;
        private final Role role;

        Kind(int code, Role role) {
            this.code = (byte) code;
            this.role = role;
        }

        /** Who has such legs. */
        public Role role() {
            return role;
        }
    }

    /** @throws IllegalArgumentException unless exactly the fields of the kind are there */
    public Attach {
        boolean named = kind.role == Role.SKELETON;
        boolean asked = kind == Kind.ANSWER;
        if ((server != null) != named || (meeting != null) != asked || (token != null) != asked) {
            throw new IllegalArgumentException("not the fields of " + kind);
        }
    }

    /** A client's leg, which OPEN will follow. */
    public static Attach client() {
        return new Attach(Kind.CLIENT, null, null, null);
    }

    /** A skeleton's leg that waits for a client. */
    public static Attach spare(ServerId server) {
        return new Attach(Kind.SPARE, server, null, null);
    }

    /** A skeleton's leg for one NEED. */
    public static Attach answer(ServerId server, NodeId meeting, Token token) {
        return new Attach(Kind.ANSWER, server, meeting, token);
    }

    /** A link to another node of the cluster. */
    public static Attach peer() {
        return new Attach(Kind.PEER, null, null, null);
    }

    byte[] encode() {
        byte[] payload = new byte[Layout.ATTACH_PAYLOAD];
        payload[0] = kind.code;
        if (server != null) {
            Fields.putName(payload, Layout.ATTACH_SERVER_AT, server.value());
        }
        if (meeting != null && token != null) {
            meeting.put(payload, Layout.ATTACH_NODE_AT);
            token.put(payload, Layout.ATTACH_TOKEN_AT);
        }
        return payload;
    }

    static Attach decode(byte[] payload, Role role) throws ProtocolException {
        Fields.requireLength(payload.length, Layout.ATTACH_PAYLOAD);
        Kind kind = kind(payload[0], role);
        if (role != Role.SKELETON) {
            Fields.requireZeros(payload, Layout.ATTACH_SERVER_AT, Layout.ATTACH_PAYLOAD);
            return new Attach(kind, null, null, null);
        }
        ServerId server = Fields.serverId(payload, Layout.ATTACH_SERVER_AT);
        if (kind == Kind.SPARE) {
            Fields.requireZeros(payload, Layout.ATTACH_NODE_AT, Layout.ATTACH_PAYLOAD);
            return spare(server);
        }
        Fields.requireZeros(payload, Layout.ATTACH_ZEROS_AT, Layout.ATTACH_PAYLOAD);
        NodeId meeting = new NodeId(Fields.part(payload, Layout.ATTACH_NODE_AT, Layout.NODE_ID));
        return answer(server, meeting, new Token(Fields.part(payload, Layout.ATTACH_TOKEN_AT, Layout.TOKEN)));
    }

    private static Kind kind(byte code, Role role) throws ProtocolException {
        for (Kind kind : Kind.values()) {
            if (kind.code == code && kind.role == role) {
                return kind;
            }
        }
        throw new ProtocolException("a kind of leg that this port has not");
    }
}
