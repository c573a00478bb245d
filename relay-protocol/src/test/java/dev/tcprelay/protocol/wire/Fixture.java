package dev.tcprelay.protocol.wire;

import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.noise.CipherState;
import dev.tcprelay.protocol.noise.KeyPair;
import java.util.Arrays;
import java.util.List;

/** Keys and names that the tests share, and the ways from one message to the next. */
final class Fixture {

    static final FixedRandom RANDOM = new FixedRandom("tests");
    static final KeyPair RELAY = KeyPair.of(FixedRandom.first("relay", 32));
    static final PublicKey RELAY_KEY = PublicKey.of(RELAY);
    static final KeyPair ANN = KeyPair.of(FixedRandom.first("ann", 32));
    static final UserName ANN_NAME = new UserName("ann");
    static final ServerId WEB = new ServerId("web");
    static final Psk PSK = Psk.of(FixedRandom.first("psk", 32));
    static final Psk OTHER_PSK = Psk.of(FixedRandom.first("other psk", 32));

    private Fixture() {}

    static Hello hello(Role role) {
        return role == Role.PEER ? Hello.ofNode(RANDOM) : Hello.create(role, RELAY_KEY.fingerprint(), RANDOM);
    }

    static LoginInitiator login(Hello hello) {
        return new LoginInitiator(hello, ANN, ANN_NAME, RELAY_KEY, RANDOM);
    }

    static LoginResponder loginResponder(Hello hello) {
        return new LoginResponder(hello, RELAY, RANDOM);
    }

    /** A frame of LOGIN or ATTACH without its head. */
    static byte[] body(byte[] frame) {
        return Arrays.copyOfRange(frame, Frames.HEAD, frame.length);
    }

    /** A message or record without its length field. */
    static byte[] afterLength(byte[] message) {
        return Arrays.copyOfRange(message, 2, message.length);
    }

    static byte[] open(RecordOpener opener, byte[] record) throws Exception {
        return opener.open(record, 2, Fields.u16(record, 0));
    }

    static byte[] flipped(byte[] in, int bit) {
        byte[] out = in.clone();
        out[bit / 8] ^= (byte) (1 << (bit % 8));
        return out;
    }

    /** One direction with a fixed key. */
    static RecordSealer sealer(Layer layer, int interval) {
        return new RecordSealer(CipherState.aesGcm(FixedRandom.first("records", 32)), layer, interval);
    }

    static RecordOpener opener(Layer layer, int interval) {
        return new RecordOpener(CipherState.aesGcm(FixedRandom.first("records", 32)), layer, interval);
    }

    /** A finished end-to-end handshake: first the skeleton's records, then the client's. */
    static List<SecureRecords> tunnel() throws Exception {
        EndToEndInitiator skeleton = new EndToEndInitiator(WEB, PSK, RANDOM);
        EndToEndResponder client = new EndToEndResponder(WEB, List.of(PSK), RANDOM);
        byte[] message2 = client.answer(afterLength(skeleton.message1()), TargetRequest.defaultTarget());
        skeleton.read(afterLength(message2));
        return List.of(skeleton.records(), client.records());
    }
}
