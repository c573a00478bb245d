package dev.tcprelay.protocol.noise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The vectors of other Noise implementations: all patterns with 25519, both ciphers, all four hashes. */
class NoiseVectorsTest {

    private static final byte[] NOTHING = {};

    @Test
    void cacophony() throws Exception {
        assertEquals(Vectors.whole() ? 472 : 2, run("cacophony.txt"));
    }

    /**
     * Of snow's extended file nothing concerns 25519 (its curve is P-256); what a later one brings is run and counted.
     */
    @Test
    void snow() throws Exception {
        assertEquals(Vectors.whole() ? 408 : 1, run("snow.txt"));
        if (Vectors.whole()) {
            assertEquals(0, run("snow-extended.txt"));
        }
    }

    private static int run(String file) throws Exception {
        JsonNode vectors = Vectors.read(file).get("vectors");
        int executed = 0;
        for (JsonNode vector : vectors) {
            String name = vector.get("protocol_name").textValue();
            if (name.split("_")[2].equals("25519")) {
                run(name, vector);
                executed++;
            }
        }
        System.out.println(file + ": " + executed + " of " + vectors.size() + " vectors executed");
        return executed;
    }

    private static void run(String name, JsonNode vector) throws Exception {
        Handshake initiator = side(name, vector, true);
        Handshake responder = side(name, vector, false);
        boolean oneWay = Pattern.named(name.split("_")[1]).messages().size() == 1;
        List<JsonNode> messages = new ArrayList<>();
        vector.get("messages").forEach(messages::add);
        int at = 0;
        for (; !initiator.done(); at++) {
            Handshake from = at % 2 == 0 ? initiator : responder;
            Handshake to = at % 2 == 0 ? responder : initiator;
            byte[] message = from.write(Vectors.bytes(messages.get(at), "payload"));
            assertArrayEquals(Vectors.bytes(messages.get(at), "ciphertext"), message, name);
            assertArrayEquals(Vectors.bytes(messages.get(at), "payload"), to.read(message), name);
        }
        assertTrue(responder.done(), name);
        assertArrayEquals(initiator.hash(), responder.hash(), name);
        if (vector.has("handshake_hash")) {
            assertArrayEquals(Vectors.bytes(vector, "handshake_hash"), initiator.hash(), name);
        }
        assertTrue(at < messages.size(), name + " has no transport messages");
        Transport ofInitiator = initiator.split();
        Transport ofResponder = responder.split();
        for (; at < messages.size(); at++) {
            boolean forth = oneWay || at % 2 == 0;
            CipherState from = forth ? ofInitiator.send() : ofResponder.send();
            CipherState to = forth ? ofResponder.receive() : ofInitiator.receive();
            transport(name, messages.get(at), from, to);
        }
    }

    private static void transport(String name, JsonNode message, CipherState from, CipherState to) throws Exception {
        byte[] payload = Vectors.bytes(message, "payload");
        byte[] sealed = new byte[payload.length + CipherState.TAG];
        assertEquals(sealed.length, from.seal(NOTHING, payload, 0, payload.length, sealed, 0), name);
        assertArrayEquals(Vectors.bytes(message, "ciphertext"), sealed, name);
        byte[] opened = new byte[payload.length];
        assertEquals(opened.length, to.open(NOTHING, sealed, 0, sealed.length, opened, 0), name);
        assertArrayEquals(payload, opened, name);
    }

    /**
     * Vectors carry keys that their pattern does not use; those are left out here, because the builder refuses them.
     */
    private static Handshake side(String name, JsonNode vector, boolean initiator) {
        Pattern pattern = Pattern.named(name.split("_")[1]);
        String side = initiator ? "init_" : "resp_";
        HandshakeBuilder builder = Handshake.named(name).prologue(Vectors.bytes(vector, side + "prologue"));
        if (pattern.needsStatic(initiator)) {
            builder.staticKey(KeyPair.of(Vectors.bytes(vector, side + "static")));
        }
        if (pattern.knows(initiator)) {
            builder.remoteStatic(Vectors.bytes(vector, side + "remote_static"));
        }
        if (vector.has(side + "psks")) {
            vector.get(side + "psks").forEach(psk -> builder.psk(Vectors.hex(psk.textValue())));
        }
        if (vector.has(side + "ephemeral")) {
            byte[] ephemeral = Vectors.bytes(vector, side + "ephemeral");
            builder.ephemerals(() -> KeyPair.of(ephemeral));
        }
        return initiator ? builder.initiator() : builder.responder();
    }
}
