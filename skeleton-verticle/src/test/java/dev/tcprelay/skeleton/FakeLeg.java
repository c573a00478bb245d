package dev.tcprelay.skeleton;

import dev.tcprelay.protocol.wire.Attach;
import dev.tcprelay.protocol.wire.Frames;
import dev.tcprelay.protocol.wire.LegMessage;
import dev.tcprelay.protocol.wire.SecureRecords;
import dev.tcprelay.protocol.wire.TunnelId;
import java.io.IOException;
import java.net.Socket;
import java.security.SecureRandom;
import java.util.Arrays;

/** The relay's end of a skeleton's leg, and after {@link #start} the client's end of the raw tunnel. */
record FakeLeg(FakeRelay relay, Socket socket, Attach attach, SecureRecords records) {

    FakeLeg accept() throws IOException {
        return send(new LegMessage.Ok(relay.node));
    }

    /** OK and START; returns message 1 with its length. */
    byte[] start() throws Exception {
        return start(false);
    }

    byte[] start(boolean ahead) throws Exception {
        accept();
        return startAccepted(ahead);
    }

    /** START to a leg that has got its OK before. */
    byte[] startAccepted() throws Exception {
        return startAccepted(false);
    }

    private byte[] startAccepted(boolean ahead) throws Exception {
        send(new LegMessage.Start(ahead, TunnelId.random(new SecureRandom())));
        return message1();
    }

    /** OK and START in one segment. */
    void startAtOnce() throws IOException {
        byte[] ok = records.sealer().seal(new LegMessage.Ok(relay.node).encode());
        byte[] start = records.sealer().seal(new LegMessage.Start(false, TunnelId.random(new SecureRandom())).encode());
        byte[] both = Arrays.copyOf(ok, ok.length + start.length);
        System.arraycopy(start, 0, both, ok.length, start.length);
        Wires.write(socket, both);
    }

    byte[] message1() throws Exception {
        return Wires.frame(socket, Frames::message1);
    }

    FakeLeg send(LegMessage message) throws IOException {
        Wires.write(socket, records.sealer().seal(message.encode()));
        return this;
    }
}
