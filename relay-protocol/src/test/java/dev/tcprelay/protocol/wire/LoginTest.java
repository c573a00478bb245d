package dev.tcprelay.protocol.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.noise.AuthenticationException;
import dev.tcprelay.protocol.noise.EphemeralSource;
import dev.tcprelay.protocol.noise.Handshake;
import dev.tcprelay.protocol.noise.KeyPair;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** LOGIN: rules M1 to M3, M11 and M13, and what replaying and forging achieve. */
class LoginTest {

    private final Hello hello = Fixture.hello(Role.CLIENT);

    private void refused(Hello to, byte[] body) {
        assertThrows(
                AuthenticationException.class, () -> Fixture.loginResponder(to).read(body));
    }

    /** Message 1 of somebody with this key whose payload the protocol may not allow. */
    private byte[] message1(KeyPair user, byte[] payload) {
        return Handshake.named(Layout.LOGIN_PROTOCOL)
                .prologue(hello.encode())
                .staticKey(user)
                .remoteStatic(Fixture.RELAY.publicKey())
                .ephemerals(EphemeralSource.from(Fixture.RANDOM))
                .initiator()
                .write(payload);
    }

    private static byte[] payload() {
        byte[] payload = new byte[Layout.LOGIN_PAYLOAD];
        payload[0] = 1;
        Fields.putName(payload, 1, "ann");
        return payload;
    }

    @Test
    void bothSidesGetRecordsThatFitAndTheClaim() throws Exception {
        LoginInitiator initiator = Fixture.login(hello);
        LoginResponder responder = Fixture.loginResponder(hello);
        byte[] request = initiator.request();
        assertEquals(227, request.length);
        LoginResponder.Claim claim = responder.read(Fixture.body(request));
        assertEquals(new LoginResponder.Claim(Fixture.ANN_NAME, PublicKey.of(Fixture.ANN)), claim);
        SessionId session = SessionId.random(Fixture.RANDOM);
        byte[] answer = responder.accept(session);
        assertEquals(67, answer.length);
        LoginInitiator.Accepted accepted = initiator.accepted(Fixture.body(answer));
        assertEquals(session, accepted.session());
        SecureRecords relay = responder.records();
        ControlMessage confirm = new ControlMessage.Confirm(Instance.random(Fixture.RANDOM));
        byte[] up = accepted.records().sealer().seal(ControlCodec.encode(confirm));
        assertEquals(confirm, ControlCodec.decode(Fixture.open(relay.opener(), up), Sender.CLIENT));
        byte[] down = relay.sealer().seal(ControlCodec.encode(new ControlMessage.Ping()));
        assertArrayEquals(
                new byte[] {4, '{', '}'}, Fixture.open(accepted.records().opener(), down));
    }

    @Test
    void anAlteredNonceOfHelloIsRefused() throws Exception {
        byte[] request = Fixture.body(Fixture.login(hello).request());
        for (int at = Layout.HELLO_NONCE_AT; at < Layout.HELLO; at++) {
            refused(Hello.decode(Fixture.flipped(hello.encode(), 8 * at), Role.CLIENT), request);
        }
    }

    @Test
    void message1ReplayedOnAnotherConnectionIsRefused() {
        refused(Fixture.hello(Role.CLIENT), Fixture.body(Fixture.login(hello).request()));
    }

    @Test
    void message1ForAnotherRelayIsRefused() {
        KeyPair other = KeyPair.generate(Fixture.RANDOM);
        byte[] body = Fixture.body(
                new LoginInitiator(hello, Fixture.ANN, Fixture.ANN_NAME, PublicKey.of(other), Fixture.RANDOM)
                        .request());
        refused(hello, body);
    }

    @Test
    void m11_everyBitOfMessage1FlippedIsRefused() {
        byte[] request = Fixture.body(Fixture.login(hello).request());
        assertEquals(1792, 8 * request.length);
        for (int bit = 0; bit < 8 * request.length; bit++) {
            // X25519 ignores the highest bit of a coordinate, the transcript does not.
            refused(hello, Fixture.flipped(request, bit));
        }
    }

    @Test
    void m11_message1OfEveryOtherLengthIsRefused() {
        byte[] request = Fixture.body(Fixture.login(hello).request());
        for (int length = 0; length <= 225; length++) {
            if (length != request.length) {
                refused(hello, Arrays.copyOf(request, length));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 65, 255})
    void m1_aNameOfAnImpossibleLengthIsRefused(int length) {
        byte[] payload = payload();
        Arrays.fill(payload, 2, 66, (byte) 'a');
        payload[1] = (byte) length;
        refused(hello, message1(Fixture.ANN, payload));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Ann", "-ann", "a nn", "a/n", "a\u0000n", ".", "_a", "\u00e4nn"})
    void m1_aNameOfOtherCharactersIsRefused(String name) {
        byte[] payload = payload();
        byte[] latin = name.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        Arrays.fill(payload, 2, 66, (byte) 0);
        payload[1] = (byte) latin.length;
        System.arraycopy(latin, 0, payload, 2, latin.length);
        refused(hello, message1(Fixture.ANN, payload));
    }

    @Test
    void m1_m2_everyByteThatShouldBeZeroIsChecked() {
        for (int at = 1 + 1 + 3; at < Layout.LOGIN_PAYLOAD; at++) {
            byte[] payload = payload();
            payload[at] = 1;
            refused(hello, message1(Fixture.ANN, payload));
        }
    }

    @Test
    void anotherPayloadVersionOrLengthIsRefused() {
        byte[] payload = payload();
        payload[0] = 2;
        refused(hello, message1(Fixture.ANN, payload));
        refused(hello, message1(Fixture.ANN, Arrays.copyOf(payload(), 127)));
        refused(hello, message1(Fixture.ANN, new byte[0]));
    }

    @Test
    void m13_aValidKeyUnderTheNameOfAnotherUserIsVisibleToTheCaller() throws Exception {
        KeyPair bob = KeyPair.generate(Fixture.RANDOM);
        byte[] body = message1(bob, payload());
        LoginResponder.Claim claim = Fixture.loginResponder(hello).read(body);
        assertEquals(new UserName("ann"), claim.name());
        assertEquals(PublicKey.of(bob), claim.key());
        assertNotEquals(PublicKey.of(Fixture.ANN), claim.key());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0000000000000000000000000000000000000000000000000000000000000000",
                "0100000000000000000000000000000000000000000000000000000000000000",
                "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
                "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
                "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
            })
    void m3_aLowOrderEphemeralKeyIsRefused(String point) {
        byte[] request = Fixture.body(Fixture.login(hello).request());
        System.arraycopy(HexFormat.of().parseHex(point), 0, request, 0, 32);
        refused(hello, request);
    }

    @Test
    void theAnswerOfAnotherConnectionOrAnAlteredOneIsRefused() throws Exception {
        for (int bit = 0; bit < 8 * Layout.LOGIN_ANSWER; bit++) {
            LoginInitiator initiator = Fixture.login(hello);
            LoginResponder responder = Fixture.loginResponder(hello);
            responder.read(Fixture.body(initiator.request()));
            byte[] answer = Fixture.flipped(Fixture.body(responder.accept(SessionId.random(Fixture.RANDOM))), bit);
            assertThrows(AuthenticationException.class, () -> initiator.accepted(answer));
        }
        LoginResponder responder = Fixture.loginResponder(hello);
        responder.read(Fixture.body(Fixture.login(hello).request()));
        byte[] answer = Fixture.body(responder.accept(SessionId.random(Fixture.RANDOM)));
        LoginInitiator other = Fixture.login(hello);
        other.request();
        assertThrows(AuthenticationException.class, () -> other.accepted(answer));
    }

    @Test
    void m12_arbitraryBytesInPlaceOfConfirmDoNotOpen() throws Exception {
        LoginResponder responder = Fixture.loginResponder(hello);
        responder.read(Fixture.body(Fixture.login(hello).request()));
        responder.accept(SessionId.random(Fixture.RANDOM));
        RecordOpener opener = responder.records().opener();
        byte[] forged = Fixture.sealer(Layer.CONTROL, 3)
                .seal(ControlCodec.encode(new ControlMessage.Confirm(Instance.random(Fixture.RANDOM))));
        assertThrows(AuthenticationException.class, () -> Fixture.open(opener, forged));
    }

    @Test
    void callsOutOfOrderAreRefused() {
        assertThrows(
                IllegalStateException.class,
                () -> Fixture.loginResponder(hello).accept(SessionId.random(Fixture.RANDOM)));
        assertThrows(
                IllegalStateException.class, () -> Fixture.loginResponder(hello).records());
        assertThrows(IllegalStateException.class, () -> Fixture.login(hello).accepted(new byte[64]));
    }
}
