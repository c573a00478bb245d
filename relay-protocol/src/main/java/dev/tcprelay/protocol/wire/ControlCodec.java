package dev.tcprelay.protocol.wire;

import dev.tcprelay.protocol.files.ServerId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Control messages as bytes and back (docs/protocol.md section 5): a type byte, then a body in JSON, which is what a
 * record carries. Usable on any thread.
 */
public final class ControlCodec {

    private ControlCodec() {}

    /** Type and body, for {@link RecordSealer#seal(byte[])}. */
    public static byte[] encode(ControlMessage message) {
        ControlWriter writer = new ControlWriter();
        message.deliver(writer);
        return writer.typeAndBody();
    }

    /**
     * The message of an opened record.
     *
     * @param typeAndBody as {@link RecordOpener} gives it
     * @param from the other side, which may not send every message
     * @throws ProtocolException if the sender may not send this type, or a field is missing or mistyped (rule M16)
     */
    public static ControlMessage decode(byte[] typeAndBody, Sender from) throws ProtocolException {
        if (typeAndBody.length < Layout.TYPE) {
            throw new ProtocolException("a record without a type");
        }
        ControlType type = ControlType.of(typeAndBody[0] & 0xff, from);
        byte[] body = Arrays.copyOfRange(typeAndBody, Layout.TYPE, typeAndBody.length);
        if (type == ControlType.CONFIRM) {
            Fields.requireLength(body.length, Layout.INSTANCE);
            return new ControlMessage.Confirm(new Instance(body));
        }
        return message(type, JsonBody.parse(body));
    }

    private static ControlMessage welcome(JsonBody body) throws ProtocolException {
        return new ControlMessage.Welcome(
                body.nodeId("node"),
                port(body, "clientPort"),
                port(body, "skeletonPort"),
                body.has("nodes") ? body.number("nodes", 1, Integer.MAX_VALUE) : 0,
                body.key("nextKey"));
    }

    private static ControlMessage message(ControlType type, JsonBody body) throws ProtocolException {
        return switch (type) {
            case CONFIRM -> throw new AssertionError(type);
            case WELCOME -> welcome(body);
            case TICKET -> ticket(body);
            case PING -> new ControlMessage.Ping();
            case PONG -> new ControlMessage.Pong();
            case GOAWAY -> new ControlMessage.GoAway(body.text("reason"), seconds(body, "grace"));
            case BYE -> new ControlMessage.Bye();
            case ERROR -> new ControlMessage.Fault(body.text("code"), body.text("message"));
            case LIST -> new ControlMessage.ListServers(body.has("after") ? body.serverId("after") : null);
            case SERVERS -> servers(body);
            case REGISTER -> new ControlMessage.Register(body.serverId("id"), body.constant("mode", Mode.values()));
            case REGISTERED ->
                new ControlMessage.Registered(body.serverId("id"), body.constant("status", Status.values()));
            case UNREGISTER -> new ControlMessage.Unregister(body.serverId("id"));
            case NEED ->
                new ControlMessage.Need(
                        body.serverId("id"), new Token(body.binary("token", Layout.TOKEN)), body.nodeId("node"));
        };
    }

    private static ControlMessage ticket(JsonBody body) throws ProtocolException {
        SealedTicket ticket = new SealedTicket(body.binary("ticket", 1, Layout.TICKET_LARGEST));
        TicketSecret secret = new TicketSecret(body.binary("secret", Layout.TICKET_SECRET));
        return new ControlMessage.Ticket(ticket, secret, seconds(body, "lifetime"));
    }

    private static ControlMessage servers(JsonBody body) throws ProtocolException {
        List<ControlMessage.Listed> servers = new ArrayList<>();
        for (JsonBody server : body.objects("servers")) {
            ServerId id = server.serverId("id");
            servers.add(new ControlMessage.Listed(id, server.number("skeletons", 0, Integer.MAX_VALUE)));
        }
        return new ControlMessage.Servers(servers, body.flag("more"));
    }

    private static int port(JsonBody body, String field) throws ProtocolException {
        return body.number(field, 1, 65_535);
    }

    private static int seconds(JsonBody body, String field) throws ProtocolException {
        return body.number(field, 0, Integer.MAX_VALUE);
    }
}
