package dev.tcprelay.channel;

import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.noise.KeyPair;
import dev.tcprelay.protocol.wire.ControlCodec;
import dev.tcprelay.protocol.wire.ControlMessage;
import dev.tcprelay.protocol.wire.Frames;
import dev.tcprelay.protocol.wire.Hello;
import dev.tcprelay.protocol.wire.LoginInitiator;
import dev.tcprelay.protocol.wire.LoginResponder;
import dev.tcprelay.protocol.wire.Role;
import dev.tcprelay.protocol.wire.SecureRecords;
import dev.tcprelay.protocol.wire.Sender;
import dev.tcprelay.protocol.wire.SessionId;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.security.SecureRandom;
import java.util.Arrays;

/** The other end of a control connection, as a blocking socket that a test reads and writes message by message. */
record ControlPeer(Socket socket, SecureRecords records, Sender sender) {

    /** Both halves of the keys of one login: the relay's, then the client's. */
    static SecureRecords[] keys() throws Exception {
        var random = new SecureRandom();
        KeyPair relay = KeyPair.generate(random);
        Hello hello = Hello.create(Role.CLIENT, PublicKey.of(relay).fingerprint(), random);
        var client =
                new LoginInitiator(hello, KeyPair.generate(random), new UserName("alice"), PublicKey.of(relay), random);
        var responder = new LoginResponder(hello, relay, random);
        responder.read(body(client.request()));
        var accepted = client.accepted(body(responder.accept(SessionId.random(random))));
        return new SecureRecords[] {responder.records(), accepted.records()};
    }

    private static byte[] body(byte[] frame) {
        return Arrays.copyOfRange(frame, Frames.HEAD, frame.length);
    }

    byte[] sealed(ControlMessage message) {
        return records.sealer().seal(ControlCodec.encode(message));
    }

    void send(ControlMessage message) throws IOException {
        socket.getOutputStream().write(sealed(message));
    }

    /** The next message, whatever it is. */
    ControlMessage read() throws Exception {
        var in = new DataInputStream(socket.getInputStream());
        byte[] bytes = new byte[in.readUnsignedShort()];
        in.readFully(bytes);
        return ControlCodec.decode(records.opener().open(bytes, 0, bytes.length), sender);
    }

    /** True when the other end has ended its direction, and nothing came before that. */
    boolean ended() throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (EOFException e) {
            return true;
        }
    }
}
