package dev.tcprelay.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.noise.AuthenticationException;
import dev.tcprelay.protocol.wire.EndToEndInitiator;
import dev.tcprelay.protocol.wire.EndToEndResponder;
import dev.tcprelay.protocol.wire.SecureRecords;
import dev.tcprelay.protocol.wire.StreamRules;
import dev.tcprelay.protocol.wire.TargetRequest;
import dev.tcprelay.protocol.wire.TunnelRecord;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import org.junit.jupiter.api.Assertions;

/**
 * A sealed stream on a real connection whose other end is the test: it holds the right keys, sends whatever bytes it
 * likes, and reads what the stream sends record by record.
 */
final class SealedRig {
    final Leg leg;
    final Socket peer;
    final SecureRecords peerRecords;
    final Recorder received = new Recorder();
    SealedStream stream;

    private SealedRig(Rig.Pair pair, SecureRecords peerRecords) throws IOException {
        this.leg = pair.leg();
        this.peer = pair.peer();
        this.peerRecords = peerRecords;
        peer.setSoTimeout(Rig.SECONDS * 1000);
    }

    /** Both halves of the keys of one handshake: the skeleton's, then the client's. */
    static SecureRecords[] keys() throws AuthenticationException {
        var random = new SecureRandom();
        ServerId id = new ServerId("web");
        Psk psk = Psk.generate(random);
        var skeleton = new EndToEndInitiator(id, psk, random);
        var client = new EndToEndResponder(id, java.util.List.of(psk), random);
        byte[] message2 = client.answer(body(skeleton.message1()), TargetRequest.defaultTarget());
        skeleton.read(body(message2));
        return new SecureRecords[] {skeleton.records(), client.records()};
    }

    private static byte[] body(byte[] frame) {
        return Arrays.copyOfRange(frame, 2, frame.length);
    }

    /** The skeleton's end, to which the test is the client. */
    static SealedRig skeleton(Rig rig) throws Exception {
        SecureRecords[] keys = keys();
        var made = new SealedRig(rig.accept(), keys[1]);
        return made.open(keys[0], StreamRules.ofClient());
    }

    /** The client's end, to which the test is the skeleton. */
    static SealedRig client(Rig rig) throws Exception {
        SecureRecords[] keys = keys();
        var made = new SealedRig(rig.accept(), keys[0]);
        return made.open(keys[1], StreamRules.ofSkeleton());
    }

    private SealedRig open(SecureRecords keys, StreamRules rules) throws Exception {
        Rig.run(leg, () -> {
            stream = new SealedStream(leg, keys, rules);
            stream.receiver(received);
        });
        return this;
    }

    byte[] seal(TunnelRecord type, byte... body) {
        byte[] plain = new byte[1 + body.length];
        plain[0] = (byte) type.type();
        System.arraycopy(body, 0, plain, 1, body.length);
        return peerRecords.sealer().seal(plain);
    }

    byte[] data(String text) {
        return seal(TunnelRecord.DATA, text.getBytes(StandardCharsets.US_ASCII));
    }

    void send(byte[]... records) throws IOException {
        var all = new ByteArrayOutputStream();
        for (byte[] record : records) {
            all.writeBytes(record);
        }
        peer.getOutputStream().write(all.toByteArray());
    }

    String text() {
        return received.bytes.toString(StandardCharsets.US_ASCII);
    }

    /** The next record that the stream sends, type and body. */
    byte[] read() throws Exception {
        var in = new DataInputStream(peer.getInputStream());
        byte[] sealed = new byte[in.readUnsignedShort()];
        in.readFully(sealed);
        return peerRecords.opener().open(sealed, 0, sealed.length);
    }

    /** The stream sends CLOSE aborted, its application learns of a loss and of nothing after it. */
    void assertReset(String prefix) throws Exception {
        Assertions.assertNotNull(received.awaitClosed(), "an orderly end");
        assertEquals(prefix, text());
        assertEquals("", received.wrong);
        Assertions.assertArrayEquals(new byte[] {(byte) TunnelRecord.CLOSE.type(), 1}, read());
        assertEquals(-1, peer.getInputStream().read());
    }
}
