package dev.tcprelay.protocol.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;

/** Writes one control message, type and body. */
final class ControlWriter implements ControlMessage.Handler {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    byte[] typeAndBody() {
        return out.toByteArray();
    }

    /** What stands between the braces of a body. */
    private interface Body {
        void write(JsonGenerator json) throws IOException;
    }

    private void message(ControlType type, Body body) {
        out.write(type.code());
        try (JsonGenerator json = JsonBody.FACTORY.createGenerator(out)) {
            json.writeStartObject();
            body.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
    }

    private static String base64(Opaque value) {
        return Base64.getEncoder().encodeToString(value.bytes());
    }

    @Override
    public void confirm(ControlMessage.Confirm message) {
        out.write(ControlType.CONFIRM.code());
        out.writeBytes(message.instance().bytes());
    }

    @Override
    public void welcome(ControlMessage.Welcome message) {
        message(ControlType.WELCOME, json -> {
            json.writeStringField("node", message.node().hex());
            json.writeNumberField("clientPort", message.clientPort());
            json.writeNumberField("skeletonPort", message.skeletonPort());
            if (message.nodes() > 0) {
                json.writeNumberField("nodes", message.nodes());
            }
            if (message.nextKey() != null) {
                json.writeStringField("nextKey", message.nextKey().toString());
            }
        });
    }

    @Override
    public void ticket(ControlMessage.Ticket message) {
        message(ControlType.TICKET, json -> {
            json.writeStringField("ticket", base64(message.ticket()));
            json.writeStringField("secret", base64(message.secret()));
            json.writeNumberField("lifetime", message.lifetime());
        });
    }

    @Override
    public void ping(ControlMessage.Ping message) {
        message(ControlType.PING, json -> {});
    }

    @Override
    public void pong(ControlMessage.Pong message) {
        message(ControlType.PONG, json -> {});
    }

    @Override
    public void goAway(ControlMessage.GoAway message) {
        message(ControlType.GOAWAY, json -> {
            json.writeStringField("reason", message.reason());
            json.writeNumberField("grace", message.grace());
        });
    }

    @Override
    public void bye(ControlMessage.Bye message) {
        message(ControlType.BYE, json -> {});
    }

    @Override
    public void fault(ControlMessage.Fault message) {
        message(ControlType.ERROR, json -> {
            json.writeStringField("code", message.code());
            json.writeStringField("message", message.message());
        });
    }

    @Override
    public void listServers(ControlMessage.ListServers message) {
        message(ControlType.LIST, json -> {
            if (message.after() != null) {
                json.writeStringField("after", message.after().value());
            }
        });
    }

    @Override
    public void servers(ControlMessage.Servers message) {
        message(ControlType.SERVERS, json -> {
            json.writeArrayFieldStart("servers");
            for (ControlMessage.Listed server : message.servers()) {
                json.writeStartObject();
                json.writeStringField("id", server.id().value());
                json.writeNumberField("skeletons", server.skeletons());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeBooleanField("more", message.more());
        });
    }

    @Override
    public void register(ControlMessage.Register message) {
        message(ControlType.REGISTER, json -> {
            json.writeStringField("id", message.id().value());
            json.writeStringField("mode", message.mode().toString());
        });
    }

    @Override
    public void registered(ControlMessage.Registered message) {
        message(ControlType.REGISTERED, json -> {
            json.writeStringField("id", message.id().value());
            json.writeStringField("status", message.status().toString());
        });
    }

    @Override
    public void unregister(ControlMessage.Unregister message) {
        message(
                ControlType.UNREGISTER,
                json -> json.writeStringField("id", message.id().value()));
    }

    @Override
    public void need(ControlMessage.Need message) {
        message(ControlType.NEED, json -> {
            json.writeStringField("id", message.id().value());
            json.writeStringField("token", base64(message.token()));
            json.writeStringField("node", message.node().hex());
        });
    }
}
