package dev.tcprelay.protocol.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tcprelay.protocol.noise.AuthenticationException;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** ATTACH: rules M1, M2, M26 and M28. */
class AttachTest {

    private static final SealedTicket TICKET = new SealedTicket(FixedRandom.first("ticket", 162));
    private static final TicketSecret SECRET = new TicketSecret(FixedRandom.first("rs", 32));
    private static final Attach ANSWER =
            Attach.answer(Fixture.WEB, NodeId.random(Fixture.RANDOM), Token.random(Fixture.RANDOM));

    static Stream<Attach> kinds() {
        return Stream.of(Attach.client(), Attach.spare(Fixture.WEB), ANSWER, Attach.peer());
    }

    private static AttachInitiator initiator(Hello hello) {
        return new AttachInitiator(hello, TICKET, SECRET, Fixture.RANDOM);
    }

    private static byte[] body(Hello hello, Attach attach) {
        return Fixture.body(initiator(hello).request(attach));
    }

    private static void refused(Hello hello, byte[] body, TicketSecret secret) {
        assertThrows(
                AuthenticationException.class,
                () -> AttachResponder.read(hello, body).open(secret));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void everyKindArrivesAndTheRecordsOfTheLegFollow(Attach attach) throws Exception {
        Hello hello = Fixture.hello(attach.kind().role());
        AttachInitiator initiator = initiator(hello);
        byte[] request = initiator.request(attach);
        assertEquals(3 + 2 + 162 + 32 + 144, request.length);
        assertEquals(request.length, Frames.request(request, 0, request.length));
        AttachResponder responder = AttachResponder.read(hello, Fixture.body(request));
        assertEquals(TICKET, responder.ticket());
        assertEquals(attach, responder.open(SECRET));
        for (int n = 0; n < 3; n++) {
            LegMessage ok = new LegMessage.Ok(NodeId.random(Fixture.RANDOM));
            byte[] down = responder.records().sealer().seal(ok.encode());
            assertEquals(ok, LegMessage.decode(Fixture.open(initiator.records().opener(), down), Sender.RELAY));
            LegMessage open = new LegMessage.Open(Fixture.WEB, n == 1);
            byte[] up = initiator.records().sealer().seal(open.encode());
            assertEquals(
                    open, LegMessage.decode(Fixture.open(responder.records().opener(), up), Sender.CLIENT));
        }
    }

    @Test
    void replayedUnderAnotherHelloItIsRefused() {
        byte[] body = body(Fixture.hello(Role.CLIENT), Attach.client());
        refused(Fixture.hello(Role.CLIENT), body, SECRET);
    }

    @Test
    void aRandomProofWithoutTheSecretIsRefused() {
        Hello hello = Fixture.hello(Role.CLIENT);
        byte[] body = body(hello, Attach.client());
        System.arraycopy(FixedRandom.first("proof", 144), 0, body, body.length - 144, 144);
        refused(hello, body, SECRET);
        refused(hello, body(hello, Attach.client()), TicketSecret.random(Fixture.RANDOM));
    }

    @Test
    void everyBitFlippedAndEveryOtherLengthAreRefused() {
        Hello hello = Fixture.hello(Role.CLIENT);
        byte[] body = body(hello, Attach.client());
        for (int bit = 0; bit < 8 * body.length; bit++) {
            refused(hello, Fixture.flipped(body, bit), SECRET);
        }
        for (int length = 0; length < 440; length++) {
            if (length != body.length) {
                refused(hello, Arrays.copyOf(body, length), SECRET);
            }
        }
    }

    @Test
    void m28_twiceTheSameNonceInHelloGivesDifferentKeys() throws Exception {
        Hello hello = Fixture.hello(Role.CLIENT);
        AttachInitiator first = initiator(hello);
        AttachInitiator second = initiator(hello);
        byte[] one = first.request(Attach.client());
        byte[] two = second.request(Attach.client());
        assertFalse(Arrays.equals(one, two));
        AttachResponder responder = AttachResponder.read(hello, Fixture.body(one));
        responder.open(SECRET);
        byte[] fromSecond = second.records().sealer().seal(new LegMessage.Open(Fixture.WEB, false).encode());
        assertThrows(
                AuthenticationException.class,
                () -> Fixture.open(responder.records().opener(), fromSecond));
        byte[] toFirst = responder.records().sealer().seal(new LegMessage.Unavailable().encode());
        assertThrows(
                AuthenticationException.class,
                () -> Fixture.open(second.records().opener(), toFirst));
        assertArrayEquals(
                new LegMessage.Unavailable().encode(),
                Fixture.open(first.records().opener(), toFirst));
    }

    @Test
    void aKindBelongsToThePortOfItsRole() throws Exception {
        kinds().forEach(attach -> {
            for (Role other : Role.values()) {
                if (other != attach.kind().role()) {
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> initiator(Fixture.hello(other)).request(attach));
                    assertThrows(ProtocolException.class, () -> Attach.decode(attach.encode(), other));
                }
            }
        });
    }

    @Test
    void m1_m2_everyByteOfAPayloadThatShouldBeZeroIsChecked() {
        zeros(Attach.client(), 1);
        zeros(Attach.peer(), 1);
        zeros(Attach.spare(Fixture.WEB), 2 + 3);
        byte[] answer = ANSWER.encode();
        for (int at = 2 + 3; at < answer.length; at++) {
            boolean free = at >= Layout.ATTACH_NODE_AT && at < Layout.ATTACH_ZEROS_AT;
            if (!free) {
                byte[] changed = Fixture.flipped(answer, 8 * at);
                assertThrows(ProtocolException.class, () -> Attach.decode(changed, Role.SKELETON));
            }
        }
        for (int kind : new int[] {0, 4, 5, 255}) {
            byte[] unknown = answer.clone();
            unknown[0] = (byte) kind;
            assertThrows(ProtocolException.class, () -> Attach.decode(unknown, Role.SKELETON));
        }
        assertThrows(ProtocolException.class, () -> Attach.decode(new byte[127], Role.CLIENT));
    }

    private static void zeros(Attach attach, int from) {
        byte[] payload = attach.encode();
        for (int at = from; at < payload.length; at++) {
            byte[] changed = Fixture.flipped(payload, 8 * at);
            assertThrows(
                    ProtocolException.class,
                    () -> Attach.decode(changed, attach.kind().role()));
        }
    }

    @Test
    void callsOutOfOrderAreRefused() throws Exception {
        Hello hello = Fixture.hello(Role.CLIENT);
        AttachInitiator initiator = initiator(hello);
        assertThrows(IllegalStateException.class, initiator::records);
        AttachResponder responder = AttachResponder.read(hello, Fixture.body(initiator.request(Attach.client())));
        assertThrows(IllegalStateException.class, () -> initiator.request(Attach.client()));
        assertThrows(IllegalStateException.class, responder::records);
        responder.open(SECRET);
        assertThrows(IllegalStateException.class, () -> responder.open(SECRET));
        assertThrows(IllegalArgumentException.class, () -> new Attach(Attach.Kind.CLIENT, Fixture.WEB, null, null));
        assertThrows(IllegalArgumentException.class, () -> new Attach(Attach.Kind.ANSWER, Fixture.WEB, null, null));
    }
}
