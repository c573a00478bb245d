package dev.tcprelay.skeleton;

import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.EndToEndResponder;
import dev.tcprelay.protocol.wire.Layer;
import dev.tcprelay.protocol.wire.Outcome;
import dev.tcprelay.protocol.wire.SecureRecords;
import dev.tcprelay.protocol.wire.TargetRequest;
import dev.tcprelay.protocol.wire.TunnelRecord;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;

/**
 * A client's end of a tunnel, on the fake relay's raw leg. Keeps what it has sent, so that a test can send it again.
 */
final class FakeClient {
    final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private final Socket socket;
    private final SecureRecords records;

    private FakeClient(Socket socket, SecureRecords records) {
        this.socket = socket;
        this.records = records;
    }

    /** START, then message 2 in answer to message 1. */
    static FakeClient open(FakeLeg leg, ServerId id, Psk psk, TargetRequest target) throws Exception {
        return answer(leg, leg.start(), id, psk, target);
    }

    /** Message 2 in answer to message 1, some time after START. */
    static FakeClient answer(FakeLeg leg, byte[] message1, ServerId id, Psk psk, TargetRequest target)
            throws Exception {
        var handshake = new EndToEndResponder(id, List.of(psk), new SecureRandom());
        byte[] message2 = handshake.answer(Arrays.copyOfRange(message1, 2, message1.length), target);
        var client = new FakeClient(leg.socket(), handshake.records());
        client.write(message2);
        return client;
    }

    private void write(byte[] bytes) throws IOException {
        sent.write(bytes);
        Wires.write(socket, bytes);
    }

    void send(TunnelRecord type, byte... body) throws IOException {
        byte[] typed = new byte[1 + body.length];
        typed[0] = (byte) type.type();
        System.arraycopy(body, 0, typed, 1, body.length);
        write(records.sealer().seal(typed));
    }

    /** EOF and the FIN after it. */
    void end() throws IOException {
        send(TunnelRecord.EOF);
        socket.shutdownOutput();
    }

    /** Type and body of the next record. */
    byte[] receive() throws Exception {
        byte[] record = Wires.record(socket, Layer.END_TO_END);
        return records.opener().open(record, 0, record.length);
    }

    Outcome result() throws Exception {
        byte[] record = receive();
        if (record[0] != TunnelRecord.RESULT.type() || record.length != 2) {
            throw new AssertionError("not RESULT: " + Arrays.toString(record));
        }
        return Outcome.of(record[1]);
    }

    /** The bodies of all DATA up to EOF and FIN. */
    byte[] receiveAll() throws Exception {
        var all = new ByteArrayOutputStream();
        byte[] record = receive();
        while (record[0] == TunnelRecord.DATA.type()) {
            all.write(record, 1, record.length - 1);
            record = receive();
        }
        if (record[0] != TunnelRecord.EOF.type()) {
            throw new EOFException("the stream ended by record " + record[0]);
        }
        if (socket.getInputStream().read() >= 0) {
            throw new AssertionError("bytes after EOF");
        }
        return all.toByteArray();
    }
}
