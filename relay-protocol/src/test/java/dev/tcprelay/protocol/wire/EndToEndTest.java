package dev.tcprelay.protocol.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tcprelay.protocol.files.HostPort;
import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.noise.AuthenticationException;
import dev.tcprelay.protocol.noise.Handshake;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The end-to-end handshake: rules M41 and M42 (their pure parts). */
class EndToEndTest {

    private static final TargetRequest DEFAULT = TargetRequest.defaultTarget();

    private final EndToEndInitiator skeleton = new EndToEndInitiator(Fixture.WEB, Fixture.PSK, Fixture.RANDOM);
    private final byte[] message1 = Fixture.afterLength(skeleton.message1());

    private static EndToEndResponder client(ServerId server, Psk... psks) {
        return new EndToEndResponder(server, List.of(psks), Fixture.RANDOM);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "db.internal:5432", "192.0.2.1:1", "[2001:db8::1]:65535"})
    void targetsArriveAndRecordsFollowInBothDirections(String target) throws Exception {
        EndToEndResponder client = client(Fixture.WEB, Fixture.PSK);
        TargetRequest request = target.isEmpty() ? DEFAULT : TargetRequest.to(HostPort.parse(target));
        byte[] message2 = client.answer(message1, request);
        assertEquals(50, message1.length + 2);
        assertEquals(322, message2.length);
        assertEquals(request, skeleton.read(Fixture.afterLength(message2)));
        SecureRecords below = skeleton.records();
        SecureRecords above = client.records();
        byte[] result = below.sealer().seal(new byte[] {3, 0});
        assertArrayEquals(new byte[] {3, 0}, Fixture.open(above.opener(), result));
        byte[] data = above.sealer().seal(new byte[] {1, 'x'});
        assertArrayEquals(new byte[] {1, 'x'}, Fixture.open(below.opener(), data));
    }

    @Test
    void m41_aWrongPskOrTheRightOneForAnotherServerIsKnownBeforeAByteIsSent() {
        assertThrows(
                AuthenticationException.class,
                () -> client(Fixture.WEB, Fixture.OTHER_PSK).answer(message1, DEFAULT));
        assertThrows(
                AuthenticationException.class,
                () -> client(new ServerId("mail"), Fixture.PSK).answer(message1, DEFAULT));
        assertThrows(AuthenticationException.class, () -> client(Fixture.WEB).answer(message1, DEFAULT));
    }

    @Test
    void m41_bothPsksOfARotationAreTried() throws Exception {
        byte[] message2 = client(Fixture.WEB, Fixture.OTHER_PSK, Fixture.PSK).answer(message1, DEFAULT);
        assertEquals(DEFAULT, skeleton.read(Fixture.afterLength(message2)));
    }

    @Test
    void everyBitOfEitherMessageCounts() throws Exception {
        for (int bit = 0; bit < 8 * message1.length; bit++) {
            byte[] changed = Fixture.flipped(message1, bit);
            assertThrows(
                    AuthenticationException.class,
                    () -> client(Fixture.WEB, Fixture.PSK).answer(changed, DEFAULT));
        }
        for (int bit = 0; bit < 8 * Layout.MESSAGE_2; bit += 3) {
            EndToEndInitiator spare = new EndToEndInitiator(Fixture.WEB, Fixture.PSK, Fixture.RANDOM);
            byte[] answer = client(Fixture.WEB, Fixture.PSK).answer(Fixture.afterLength(spare.message1()), DEFAULT);
            byte[] changed = Fixture.flipped(Fixture.afterLength(answer), bit);
            assertThrows(AuthenticationException.class, () -> spare.read(changed));
        }
        for (int length = 0; length <= 50; length++) {
            byte[] cut = Arrays.copyOf(message1, length);
            if (length != message1.length) {
                assertThrows(
                        AuthenticationException.class,
                        () -> client(Fixture.WEB, Fixture.PSK).answer(cut, DEFAULT));
            }
        }
    }

    @Test
    void m42_aClientWithoutThePskGetsNoTarget() {
        byte[] junk = FixedRandom.first("junk", 320);
        assertThrows(AuthenticationException.class, () -> skeleton.read(junk));
    }

    @Test
    void anOldMessage1ReplayedToAClientGivesRecordsThatNobodyCanSeal() throws Exception {
        EndToEndResponder first = client(Fixture.WEB, Fixture.PSK);
        skeleton.read(Fixture.afterLength(first.answer(message1, DEFAULT)));
        byte[] recordedResult = skeleton.records().sealer().seal(new byte[] {3, 0});
        EndToEndResponder second = client(Fixture.WEB, Fixture.PSK);
        second.answer(message1, DEFAULT);
        RecordOpener opener = second.records().opener();
        assertThrows(AuthenticationException.class, () -> Fixture.open(opener, recordedResult));
    }

    @Test
    void message1ReflectedAsMessage2IsRefused() {
        assertThrows(AuthenticationException.class, () -> skeleton.read(message1));
        EndToEndInitiator again = new EndToEndInitiator(Fixture.WEB, Fixture.PSK, Fixture.RANDOM);
        byte[] padded = Arrays.copyOf(Fixture.afterLength(again.message1()), 320);
        assertThrows(AuthenticationException.class, () -> again.read(padded));
    }

    @Test
    void aRecordedMessage2AgainstAnotherSpareIsRefused() throws Exception {
        byte[] recorded = Fixture.afterLength(client(Fixture.WEB, Fixture.PSK).answer(message1, DEFAULT));
        EndToEndInitiator spare = new EndToEndInitiator(Fixture.WEB, Fixture.PSK, Fixture.RANDOM);
        spare.message1();
        assertThrows(AuthenticationException.class, () -> spare.read(recorded));
    }

    @Test
    void recordsSwappedBetweenTwoTunnelsOrReflectedDoNotOpen() throws Exception {
        List<SecureRecords> one = Fixture.tunnel();
        List<SecureRecords> two = Fixture.tunnel();
        byte[] ofOne = one.get(0).sealer().seal(new byte[] {3, 0});
        assertThrows(
                AuthenticationException.class, () -> Fixture.open(two.get(1).opener(), ofOne));
        assertThrows(
                AuthenticationException.class, () -> Fixture.open(one.get(0).opener(), ofOne));
    }

    private byte[] message2(byte[] payload) throws Exception {
        Handshake responder =
                EndToEnd.handshake(Fixture.WEB, Fixture.PSK, Fixture.RANDOM).responder();
        responder.read(message1);
        return responder.write(payload);
    }

    @Test
    void aRightlySealedMessage2WithAnotherPayloadIsRefusedTheSameWay() throws Exception {
        byte[] payload = new byte[Layout.TARGET];
        payload[0] = 2;
        byte[] message2 = message2(payload);
        assertThrows(AuthenticationException.class, () -> skeleton.read(message2));
    }

    @Test
    void targetPayloadsAreStrict() throws Exception {
        byte[] standard = DEFAULT.encode();
        for (int at = 0; at < standard.length; at++) {
            byte[] changed = standard.clone();
            changed[at] = 2;
            assertThrows(ProtocolException.class, () -> TargetRequest.decode(changed));
        }
        byte[] named = TargetRequest.to(new HostPort("db", 5432)).encode();
        assertArrayEquals(new byte[] {1, 0x15, 0x38, 0, 2, 'd', 'b', 0}, Arrays.copyOf(named, 8));
        for (int at = 7; at < named.length; at++) {
            byte[] changed = Fixture.flipped(named, 8 * at);
            assertThrows(ProtocolException.class, () -> TargetRequest.decode(changed));
        }
        for (int length : new int[] {0, 1, 3, 254, 267, 268, 65_535}) {
            byte[] changed = named.clone();
            Fields.putU16(changed, Layout.TARGET_HOST_AT, length);
            assertThrows(ProtocolException.class, () -> TargetRequest.decode(changed));
        }
        byte[] noPort = named.clone();
        Fields.putU16(noPort, Layout.TARGET_PORT_AT, 0);
        assertThrows(ProtocolException.class, () -> TargetRequest.decode(noPort));
        byte[] space = named.clone();
        space[6] = ' ';
        assertThrows(ProtocolException.class, () -> TargetRequest.decode(space));
        assertThrows(ProtocolException.class, () -> TargetRequest.decode(new byte[271]));
        assertThrows(IllegalArgumentException.class, () -> TargetRequest.to(new HostPort("db", 0)));
    }

    @Test
    void callsOutOfOrderAreRefused() throws Exception {
        EndToEndResponder client = client(Fixture.WEB, Fixture.PSK);
        assertThrows(IllegalStateException.class, client::records);
        client.answer(message1, DEFAULT);
        assertThrows(IllegalStateException.class, () -> client.answer(message1, DEFAULT));
        assertThrows(IllegalStateException.class, skeleton::records);
        EndToEndInitiator early = new EndToEndInitiator(Fixture.WEB, Fixture.PSK, Fixture.RANDOM);
        assertThrows(IllegalStateException.class, () -> early.read(new byte[320]));
    }
}
