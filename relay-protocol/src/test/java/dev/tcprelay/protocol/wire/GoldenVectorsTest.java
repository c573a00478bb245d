package dev.tcprelay.protocol.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tcprelay.protocol.files.ClusterKey;
import dev.tcprelay.protocol.files.HostPort;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The bytes of every message with fixed keys, so that programs in other languages can check theirs. They are in
 * tcprelay-1-vectors.json; a change of the wire changes that file, and what it would have to be is in
 * target/tcprelay-1-vectors.json then.
 */
class GoldenVectorsTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FILE = "tcprelay-1-vectors.json";
    private static final long NOW = 1_800_000_000L;

    private final ObjectNode vectors = JSON.createObjectNode();
    private final NodeId node = new NodeId(FixedRandom.first("node", 16));
    private final Instance instance = new Instance(FixedRandom.first("instance", 16));
    private final TicketSecret secret = new TicketSecret(FixedRandom.first("rs", 32));
    private final Token token = new Token(FixedRandom.first("token", 16));
    private final TunnelId tunnel = new TunnelId(FixedRandom.first("tunnel", 8));

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static Hello hello(Role role) {
        return Hello.create(role, Fixture.RELAY_KEY.fingerprint(), new FixedRandom("hello"));
    }

    @Test
    void everyMessageHasTheBytesOfTheFile() throws Exception {
        vectors.put(
                "about", "tcprelay/1: all bytes in hex, private keys and ephemeral keys fixed; see docs/protocol.md");
        SealedTicket ticket = ticket();
        login();
        control(ticket);
        attach(ticket);
        peerLink();
        leg();
        endToEnd();
        String actual = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(vectors) + "\n";
        Files.writeString(Path.of("target", FILE), actual);
        try (InputStream expected = getClass().getResourceAsStream("/" + FILE)) {
            assertNotNull(expected, FILE);
            assertEquals(JSON.readTree(expected), JSON.readTree(actual));
        }
    }

    private SealedTicket ticket() throws Exception {
        ClusterKey key = ClusterKey.of(FixedRandom.first("cluster", 32));
        Tickets tickets = new Tickets(List.of(key));
        TicketClaims claims =
                new TicketClaims(Role.CLIENT, Fixture.ANN_NAME, secret, NOW + 1800, 0x0102030405060708L, instance);
        SealedTicket ticket = tickets.seal(claims, NOW, new FixedRandom("ticket nonce"));
        assertEquals(claims, tickets.open(ticket, Role.CLIENT, NOW));
        vectors.putObject("ticket")
                .put("clusterKey", hex(key.bytes()))
                .put("now", NOW)
                .put("user", "ann")
                .put("notAfter", claims.notAfter())
                .put("generation", "0102030405060708")
                .put("instance", instance.hex())
                .put("secret", secret.hex())
                .put("plaintext", hex(claims.encode()))
                .put("ticket", ticket.hex());
        return ticket;
    }

    private void login() throws Exception {
        Hello hello = hello(Role.CLIENT);
        LoginInitiator initiator = new LoginInitiator(
                hello, Fixture.ANN, Fixture.ANN_NAME, Fixture.RELAY_KEY, new FixedRandom("initiator"));
        LoginResponder responder = new LoginResponder(hello, Fixture.RELAY, new FixedRandom("responder"));
        byte[] frame1 = initiator.request();
        responder.read(Fixture.body(frame1));
        SessionId session = new SessionId(FixedRandom.first("session", 16));
        byte[] frame2 = responder.accept(session);
        SecureRecords peer = initiator.accepted(Fixture.body(frame2)).records();
        SecureRecords relay = responder.records();
        byte[] confirm = peer.sealer().seal(ControlCodec.encode(new ControlMessage.Confirm(instance)));
        Fixture.open(relay.opener(), confirm);
        byte[] ping = relay.sealer().seal(ControlCodec.encode(new ControlMessage.Ping()));
        Fixture.open(peer.opener(), ping);
        vectors.putObject("login")
                .put("relayPrivateKey", hex(Fixture.RELAY.privateKey()))
                .put("relayPublicKey", hex(Fixture.RELAY.publicKey()))
                .put("userPrivateKey", hex(Fixture.ANN.privateKey()))
                .put("user", "ann")
                .put("initiatorEphemeral", hex(FixedRandom.first("initiator", 32)))
                .put("responderEphemeral", hex(FixedRandom.first("responder", 32)))
                .put("session", session.hex())
                .put("helloForClients", hex(hello.encode()))
                .put("helloForSkeletons", hex(hello(Role.SKELETON).encode()))
                .put("frame1", hex(frame1))
                .put("frame2", hex(frame2))
                .put("confirmRecord", hex(confirm))
                .put("pingRecordOfRelay", hex(ping))
                .put("refused", hex(Frames.refusal()));
    }

    private void control(SealedTicket ticket) {
        List<ControlMessage> messages = List.of(
                new ControlMessage.Confirm(instance),
                new ControlMessage.Welcome(node, 7000, 7001, 0, null),
                new ControlMessage.Welcome(node, 7000, 7001, 3, null),
                new ControlMessage.Welcome(node, 7000, 7001, 0, Fixture.RELAY_KEY),
                new ControlMessage.Ticket(ticket, secret, 1800),
                new ControlMessage.Ping(),
                new ControlMessage.Pong(),
                new ControlMessage.GoAway("drain", 600),
                new ControlMessage.Bye(),
                new ControlMessage.Fault("protocol", "text"),
                new ControlMessage.ListServers(null),
                new ControlMessage.ListServers(Fixture.WEB),
                new ControlMessage.Servers(List.of(new ControlMessage.Listed(Fixture.WEB, 1)), false),
                new ControlMessage.Register(Fixture.WEB, Mode.GROUP),
                new ControlMessage.Register(Fixture.WEB, Mode.EXCLUSIVE),
                new ControlMessage.Registered(Fixture.WEB, Status.AVAILABLE),
                new ControlMessage.Registered(Fixture.WEB, Status.FORBIDDEN),
                new ControlMessage.Registered(Fixture.WEB, Status.IN_USE),
                new ControlMessage.Registered(Fixture.WEB, Status.LIMIT),
                new ControlMessage.Registered(Fixture.WEB, Status.WITHDRAWN),
                new ControlMessage.Unregister(Fixture.WEB),
                new ControlMessage.Need(Fixture.WEB, token, node));
        var array = vectors.putArray("control");
        for (ControlMessage message : messages) {
            array.addObject()
                    .put("message", message.getClass().getSimpleName())
                    .put("typeAndBody", hex(ControlCodec.encode(message)));
        }
    }

    private void attach(SealedTicket ticket) throws Exception {
        var array = vectors.putArray("attach");
        for (Attach attach :
                List.of(Attach.client(), Attach.spare(Fixture.WEB), Attach.answer(Fixture.WEB, node, token))) {
            Hello hello = hello(attach.kind().role());
            AttachInitiator initiator = new AttachInitiator(hello, ticket, secret, new FixedRandom("cn"));
            byte[] frame = initiator.request(attach);
            AttachResponder responder = AttachResponder.read(hello, Fixture.body(frame));
            responder.open(secret);
            byte[] ok = responder.records().sealer().seal(new LegMessage.Ok(node).encode());
            Fixture.open(initiator.records().opener(), ok);
            byte[] open = initiator.records().sealer().seal(new LegMessage.Open(Fixture.WEB, true).encode());
            array.addObject()
                    .put("kind", attach.kind().name())
                    .put("hello", hex(hello.encode()))
                    .put("secret", secret.hex())
                    .put("cn", hex(FixedRandom.first("cn", 32)))
                    .put("payload", hex(attach.encode()))
                    .put("frame", hex(frame))
                    .put("okRecordOfRelay", hex(ok))
                    .put("openRecordOfPeer", hex(open));
        }
    }

    private void peerLink() throws Exception {
        ClusterKey key = ClusterKey.of(FixedRandom.first("cluster", 32));
        NodeId dialler = new NodeId(FixedRandom.first("dialler", 16));
        Hello hello = Hello.ofNode(new FixedRandom("hello"));
        PeerKeys keys = new PeerKeys(List.of(key));
        AttachInitiator initiator = keys.dial(hello, dialler, node, new FixedRandom("cn"));
        byte[] frame = initiator.request(Attach.peer());
        AttachResponder responder = AttachResponder.read(hello, Fixture.body(frame));
        assertEquals(dialler, keys.open(responder, node));
        byte[] ok = responder.records().sealer().seal(new LegMessage.Ok(node).encode());
        byte[] carry = initiator.records().sealer().seal(new LegMessage.Carry(token, Fixture.WEB).encode());
        byte[] start = responder.records().sealer().seal(new LegMessage.Start(false, tunnel).encode());
        byte[] opened = initiator.records().sealer().seal(new LegMessage.Opened(tunnel).encode());
        vectors.putObject("peerLink")
                .put("clusterKey", hex(key.bytes()))
                .put("hello", hex(hello.encode()))
                .put("dialler", dialler.hex())
                .put("intended", node.hex())
                .put("ticket", PeerKeys.ticket(dialler, node).hex())
                .put("cn", hex(FixedRandom.first("cn", 32)))
                .put("payload", hex(Attach.peer().encode()))
                .put("frame", hex(frame))
                .put("okRecordOfIntended", hex(ok))
                .put("carryRecordOfDialler", hex(carry))
                .put("startRecordOfIntended", hex(start))
                .put("openedRecordOfDialler", hex(opened));
    }

    private void leg() {
        var array = vectors.putArray("leg");
        for (LegMessage message : List.of(
                new LegMessage.Ok(node),
                new LegMessage.Open(Fixture.WEB, false),
                new LegMessage.Open(Fixture.WEB, true),
                new LegMessage.Opened(tunnel),
                new LegMessage.Unavailable(),
                new LegMessage.Start(false, tunnel),
                new LegMessage.Start(true, tunnel),
                new LegMessage.Carry(token, Fixture.WEB))) {
            array.addObject()
                    .put("message", message.getClass().getSimpleName())
                    .put("typeAndBody", hex(message.encode()));
        }
    }

    private void endToEnd() throws Exception {
        var array = vectors.putArray("endToEnd");
        for (TargetRequest target :
                List.of(TargetRequest.defaultTarget(), TargetRequest.to(new HostPort("db.internal", 5432)))) {
            EndToEndInitiator skeleton =
                    new EndToEndInitiator(Fixture.WEB, Fixture.PSK, new FixedRandom("skeleton ephemeral"));
            EndToEndResponder client =
                    new EndToEndResponder(Fixture.WEB, List.of(Fixture.PSK), new FixedRandom("client ephemeral"));
            byte[] message1 = skeleton.message1();
            byte[] message2 = client.answer(Fixture.afterLength(message1), target);
            assertEquals(target, skeleton.read(Fixture.afterLength(message2)));
            RecordSealer below = skeleton.records().sealer();
            RecordSealer above = client.records().sealer();
            ObjectNode vector = array.addObject()
                    .put("server", "web")
                    .put("psk", hex(Fixture.PSK.bytes()))
                    .put("skeletonEphemeral", hex(FixedRandom.first("skeleton ephemeral", 32)))
                    .put("clientEphemeral", hex(FixedRandom.first("client ephemeral", 32)))
                    .put("payload", hex(target.encode()))
                    .put("message1", hex(message1))
                    .put("message2", hex(message2));
            vector.putArray("recordsOfSkeleton")
                    .add(hex(below.seal(new byte[] {3, Outcome.OK.code()})))
                    .add(hex(below.seal(new byte[] {1, 'h', 'i'})))
                    .add(hex(below.seal(new byte[] {2})));
            vector.putArray("recordsOfClient")
                    .add(hex(above.seal(new byte[] {1, 'h', 'i'})))
                    .add(hex(above.seal(new byte[] {2})))
                    .add(hex(above.seal(new byte[] {4, CloseCode.ABORTED.code()})));
        }
    }
}
