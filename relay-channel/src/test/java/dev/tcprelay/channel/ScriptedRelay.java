package dev.tcprelay.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.tcprelay.protocol.files.HostPort;
import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.noise.KeyPair;
import dev.tcprelay.protocol.wire.AttachResponder;
import dev.tcprelay.protocol.wire.ControlMessage;
import dev.tcprelay.protocol.wire.Frames;
import dev.tcprelay.protocol.wire.Hello;
import dev.tcprelay.protocol.wire.LegMessage;
import dev.tcprelay.protocol.wire.LoginResponder;
import dev.tcprelay.protocol.wire.NodeId;
import dev.tcprelay.protocol.wire.Role;
import dev.tcprelay.protocol.wire.SealedTicket;
import dev.tcprelay.protocol.wire.Sender;
import dev.tcprelay.protocol.wire.SessionId;
import dev.tcprelay.protocol.wire.TicketSecret;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/** A relay that does step by step what a test says: no connection is accepted unasked. */
final class ScriptedRelay implements AutoCloseable {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int LOGIN = 227;

    final KeyPair key = KeyPair.generate(RANDOM);
    private final TicketSecret secret = TicketSecret.random(RANDOM);
    /** Of all who came: a socket that nobody holds is closed with the garbage. */
    private final List<Socket> accepted = new ArrayList<>();

    private ServerSocket listening;

    ScriptedRelay() throws IOException {
        listening = listen(0);
    }

    private static ServerSocket listen(int port) throws IOException {
        var socket = new ServerSocket();
        socket.setReuseAddress(true);
        socket.bind(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), port), 50);
        socket.setSoTimeout(Rig.SECONDS * 1000);
        return socket;
    }

    void down() throws IOException {
        listening.close();
    }

    void upAgain() throws IOException {
        listening = listen(listening.getLocalPort());
    }

    RelayAddress address() {
        return new RelayAddress(
                new HostPort("127.0.0.1", listening.getLocalPort()), Role.CLIENT, PublicKey.of(key), null);
    }

    /** Fails with SocketTimeoutException when nobody comes in that time. */
    Socket accept(int millis) throws IOException {
        listening.setSoTimeout(millis);
        Socket socket = listening.accept();
        accepted.add(socket);
        socket.setSoTimeout(Rig.SECONDS * 1000);
        return socket;
    }

    Socket accept() throws IOException {
        return accept(Rig.SECONDS * 1000);
    }

    Hello greet(Socket socket, KeyPair as) throws IOException {
        Hello hello = Hello.create(Role.CLIENT, PublicKey.of(as).fingerprint(), RANDOM);
        socket.getOutputStream().write(hello.encode());
        return hello;
    }

    private static byte[] loginOf(Socket socket) throws IOException {
        byte[] frame = new byte[LOGIN];
        new DataInputStream(socket.getInputStream()).readFully(frame);
        return java.util.Arrays.copyOfRange(frame, Frames.HEAD, LOGIN);
    }

    void refuse() throws IOException {
        try (Socket socket = accept()) {
            greet(socket, key);
            loginOf(socket);
            socket.getOutputStream().write(Frames.refusal());
            socket.shutdownOutput();
            awaitEnd(socket);
        }
    }

    /** Whoever is refused has nothing more to say, in order or by a reset. */
    private static void awaitEnd(Socket socket) throws IOException {
        try {
            assertEquals(-1, socket.getInputStream().read());
        } catch (SocketException reset) {
            socket.close();
        }
    }

    /** A whole login. */
    ControlPeer login() throws Exception {
        return login(accept());
    }

    ControlPeer login(Socket socket) throws Exception {
        return login(socket, NodeId.random(RANDOM));
    }

    /** A whole login at that node. */
    ControlPeer login(Socket socket, NodeId node) throws Exception {
        return login(socket, node, 0);
    }

    /** A whole login at that node of so many; 0: it does not tell. */
    ControlPeer login(Socket socket, NodeId node, int nodes) throws Exception {
        ControlPeer peer = confirmed(socket);
        peer.send(new ControlMessage.Welcome(node, 7000, 7001, nodes, null));
        byte[] ticket = new byte[162];
        RANDOM.nextBytes(ticket);
        peer.send(new ControlMessage.Ticket(new SealedTicket(ticket), secret, 1800));
        return peer;
    }

    /** Takes a leg, which lands at that node. */
    void attach(Socket socket, NodeId node) throws Exception {
        Hello hello = greet(socket, key);
        var in = new DataInputStream(socket.getInputStream());
        byte[] head = in.readNBytes(Frames.HEAD);
        byte[] body = in.readNBytes(ByteBuffer.wrap(head).getShort(1));
        AttachResponder handshake = AttachResponder.read(hello, body);
        handshake.open(secret);
        byte[] ok = new LegMessage.Ok(node).encode();
        socket.getOutputStream().write(handshake.records().sealer().seal(ok));
    }

    /** A login that the relay ends when it knows who it is. */
    void endLogin(ControlMessage last) throws Exception {
        try (Socket socket = accept()) {
            confirmed(socket).send(last);
            socket.shutdownOutput();
            socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
        }
    }

    private ControlPeer confirmed(Socket socket) throws Exception {
        Hello hello = greet(socket, key);
        var handshake = new LoginResponder(hello, key, RANDOM);
        handshake.read(loginOf(socket));
        socket.getOutputStream().write(handshake.accept(SessionId.random(RANDOM)));
        var peer = new ControlPeer(socket, handshake.records(), Sender.CLIENT);
        assertInstanceOf(ControlMessage.Confirm.class, peer.read());
        return peer;
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : accepted) {
            socket.close();
        }
    }
}
