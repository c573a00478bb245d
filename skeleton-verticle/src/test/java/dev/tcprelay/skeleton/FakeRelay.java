package dev.tcprelay.skeleton;

import dev.tcprelay.protocol.files.HostPort;
import dev.tcprelay.protocol.files.KnownRelay;
import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.files.Realm;
import dev.tcprelay.protocol.noise.KeyPair;
import dev.tcprelay.protocol.wire.AttachResponder;
import dev.tcprelay.protocol.wire.Frames;
import dev.tcprelay.protocol.wire.Hello;
import dev.tcprelay.protocol.wire.LoginResponder;
import dev.tcprelay.protocol.wire.NodeId;
import dev.tcprelay.protocol.wire.Role;
import dev.tcprelay.protocol.wire.SealedTicket;
import dev.tcprelay.protocol.wire.SessionId;
import dev.tcprelay.protocol.wire.TicketSecret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The skeleton port of a relay that does what a test says: the relay's side of the protocol over blocking sockets, a
 * thread for each connection until it has authenticated.
 */
final class FakeRelay implements AutoCloseable {
    final SecureRandom random = new SecureRandom();
    final BlockingQueue<FakeControl> sessions = new LinkedBlockingQueue<>();
    final BlockingQueue<FakeLeg> legs = new LinkedBlockingQueue<>();
    final BlockingQueue<Exception> failures = new LinkedBlockingQueue<>();
    final TicketSecret secret = TicketSecret.random(random);
    final SealedTicket ticket = new SealedTicket(new byte[] {1, 2, 3});
    /** Which node the next session is with, and the next leg lands on. */
    volatile NodeId node = NodeId.random(random);

    volatile boolean refusing;
    volatile KeyPair key = KeyPair.generate(random);
    volatile PublicKey announced;
    private final ServerSocket listener;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final Thread accepting;

    FakeRelay() throws IOException {
        listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        accepting = thread(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    KnownRelay known() {
        HostPort skeletons = new HostPort("127.0.0.1", port());
        return new KnownRelay(
                "fake", new HostPort("127.0.0.1", 1), skeletons, Realm.generate(random), PublicKey.of(key), null);
    }

    FakeControl session() throws InterruptedException {
        return next(sessions);
    }

    FakeLeg leg() throws InterruptedException {
        return next(legs);
    }

    private <T> T next(BlockingQueue<T> queue) throws InterruptedException {
        T next = queue.poll(Wires.MILLIS, TimeUnit.MILLISECONDS);
        if (next == null) {
            throw new AssertionError("nothing came; failures: " + failures);
        }
        return next;
    }

    private void accept() throws IOException {
        while (!listener.isClosed()) {
            Socket socket = listener.accept();
            sockets.add(socket);
            Thread unused = thread(() -> serve(socket));
        }
    }

    private void serve(Socket socket) throws Exception {
        socket.setSoTimeout(Wires.MILLIS);
        socket.setTcpNoDelay(true);
        Hello hello = Hello.create(Role.SKELETON, PublicKey.of(key).fingerprint(), random);
        Wires.write(socket, hello.encode());
        byte[] request = Wires.frame(socket, Frames::request);
        byte[] body = Arrays.copyOfRange(request, Frames.HEAD, request.length);
        if (Frames.isAttach(request, 0)) {
            AttachResponder handshake = AttachResponder.read(hello, body);
            var attach = handshake.open(secret);
            legs.add(new FakeLeg(this, socket, attach, handshake.records()));
        } else if (refusing) {
            Wires.write(socket, Frames.refusal());
            socket.close();
        } else {
            LoginResponder handshake = new LoginResponder(hello, key, random);
            LoginResponder.Claim claim = handshake.read(body);
            Wires.write(socket, handshake.accept(SessionId.random(random)));
            var control = new FakeControl(this, socket, claim, handshake.records());
            control.welcome();
            sessions.add(control);
        }
    }

    interface Action {
        void run() throws Exception;
    }

    private Thread thread(Action action) {
        Thread thread = new Thread(() -> {
            try {
                action.run();
            } catch (Exception e) {
                failures.add(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Afterwards nobody is accepted any more, not even one who was about to be. */
    @Override
    public void close() throws Exception {
        listener.close();
        accepting.join();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
