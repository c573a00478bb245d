package dev.tcprelay.client;

import dev.tcprelay.channel.ControlConnection;
import dev.tcprelay.channel.Leg;
import dev.tcprelay.channel.LegRecords;
import dev.tcprelay.channel.OneFrame;
import dev.tcprelay.channel.RelayAddress;
import dev.tcprelay.channel.Sockets;
import dev.tcprelay.protocol.files.ClusterKey;
import dev.tcprelay.protocol.files.HostPort;
import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.noise.AuthenticationException;
import dev.tcprelay.protocol.noise.KeyPair;
import dev.tcprelay.protocol.wire.AttachResponder;
import dev.tcprelay.protocol.wire.ControlCodec;
import dev.tcprelay.protocol.wire.ControlMessage;
import dev.tcprelay.protocol.wire.ControlMessage.ListServers;
import dev.tcprelay.protocol.wire.Frames;
import dev.tcprelay.protocol.wire.Hello;
import dev.tcprelay.protocol.wire.Layer;
import dev.tcprelay.protocol.wire.LegMessage;
import dev.tcprelay.protocol.wire.LoginResponder;
import dev.tcprelay.protocol.wire.NodeId;
import dev.tcprelay.protocol.wire.ProtocolException;
import dev.tcprelay.protocol.wire.Role;
import dev.tcprelay.protocol.wire.SecureRecords;
import dev.tcprelay.protocol.wire.Sender;
import dev.tcprelay.protocol.wire.SessionId;
import dev.tcprelay.protocol.wire.TicketClaims;
import dev.tcprelay.protocol.wire.TicketSecret;
import dev.tcprelay.protocol.wire.Tickets;
import dev.tcprelay.protocol.wire.TunnelId;
import io.netty.buffer.Unpooled;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A relay whose every answer is scripted by the test. It accepts every user. */
final class FakeRelay {
    private static final SecureRandom RANDOM = new SecureRandom();

    /** Which node it says to be. */
    volatile NodeId node = NodeId.random(RANDOM);

    final KeyPair key = KeyPair.generate(RANDOM);
    final AtomicInteger connections = new AtomicInteger();
    final AtomicInteger logins = new AtomicInteger();
    final AtomicInteger attaches = new AtomicInteger();
    /** Legs that were attached and have no OPEN yet. */
    final BlockingQueue<Leg> warm = new LinkedBlockingQueue<>();

    final List<byte[]> attachBodies = new CopyOnWriteArrayList<>();
    final List<ControlConnection> sessions = new CopyOnWriteArrayList<>();
    final Map<ServerId, Consumer<Asked>> servers = new ConcurrentHashMap<>();
    final Tickets tickets = new Tickets(List.of(ClusterKey.generate(RANDOM)));
    volatile Lister lister = (session, asked) -> session.send(new ControlMessage.Servers(List.of(), false));
    /** False: what connects is closed without a word. */
    volatile boolean up = true;
    /** True: credentials and legs are refused. */
    volatile boolean refusing;
    /** True: connections that would log in are closed without a word. */
    volatile boolean refusingLogins;
    /** Not null: every HELLO has these bytes. */
    volatile Hello fixedHello;

    private final Vertx vertx;
    private NetServer server;
    private int port;

    FakeRelay(Vertx vertx) {
        this.vertx = vertx;
    }

    /** Answers a LIST. */
    interface Lister {
        void list(ControlConnection session, ListServers asked);
    }

    /** A client's leg on which OPEN has come. */
    record Asked(Leg leg, LegRecords records, ServerId id, boolean ahead) {
        void unavailable() {
            records.send(new LegMessage.Unavailable());
            leg.flush();
            leg.closeGently();
        }

        /** OPENED, and behind it, in the same write, what the skeleton has sent so far. */
        void opened(byte[] message1) {
            records.send(new LegMessage.Opened(TunnelId.random(RANDOM)));
            leg.write(Unpooled.wrappedBuffer(message1));
            leg.flush();
        }
    }

    FakeRelay listen() throws Exception {
        server = vertx.createNetServer(Sockets.server(100)).connectHandler(this::accepted);
        port = ClientRig.get(server.listen(port, "127.0.0.1")).actualPort();
        return this;
    }

    /** Stops listening and resets all connections. */
    void down() throws Exception {
        ClientRig.get(server.close());
    }

    RelayAddress address() {
        return new RelayAddress(new HostPort("127.0.0.1", port), Role.CLIENT, PublicKey.of(key), null);
    }

    private void accepted(NetSocket socket) {
        connections.incrementAndGet();
        Leg leg = Leg.of(socket);
        if (!up) {
            leg.abort();
            return;
        }
        Hello hello = fixedHello != null
                ? fixedHello
                : Hello.create(Role.CLIENT, PublicKey.of(key).fingerprint(), RANDOM);
        leg.write(Unpooled.wrappedBuffer(hello.encode()));
        leg.flush();
        OneFrame.await(
                leg,
                Frames::request,
                frame -> {
                    byte[] body = Arrays.copyOfRange(frame, Frames.HEAD, frame.length);
                    if (refusing) {
                        leg.write(Unpooled.wrappedBuffer(Frames.refusal()));
                        leg.flush();
                        leg.closeGently();
                    } else if (Frames.isAttach(frame, 0)) {
                        attach(leg, hello, body);
                    } else if (refusingLogins) {
                        leg.abort();
                    } else {
                        login(leg, hello, body);
                    }
                },
                e -> leg.abort());
    }

    private void login(Leg leg, Hello hello, byte[] body) throws AuthenticationException {
        var handshake = new LoginResponder(hello, key, RANDOM);
        LoginResponder.Claim claim = handshake.read(body);
        leg.write(Unpooled.wrappedBuffer(handshake.accept(SessionId.random(RANDOM))));
        leg.flush();
        SecureRecords records = handshake.records();
        OneFrame.await(
                leg,
                (in, off, available) -> Frames.record(Layer.CONTROL, in, off, available),
                frame -> confirmed(leg, records, claim, frame),
                e -> leg.abort());
    }

    private void confirmed(Leg leg, SecureRecords records, LoginResponder.Claim claim, byte[] frame)
            throws AuthenticationException, ProtocolException {
        byte[] plain = records.opener().open(frame, 2, frame.length - 2);
        var confirm = (ControlMessage.Confirm) ControlCodec.decode(plain, Sender.CLIENT);
        var session = new ControlConnection(leg, records, Sender.CLIENT, ControlConnection.Keepalive.DEFAULT);
        session.start(new ControlConnection.Owner() {
            @Override
            public void received(ControlMessage message) {
                lister.list(session, (ListServers) message);
            }

            @Override
            public void lost(String reason) {
                sessions.remove(session);
            }
        });
        session.send(new ControlMessage.Welcome(node, port, port, 0, null));
        var secret = TicketSecret.random(RANDOM);
        long now = System.currentTimeMillis() / 1000;
        var claims = new TicketClaims(Role.CLIENT, claim.name(), secret, now + 1800, 0, confirm.instance());
        session.send(new ControlMessage.Ticket(tickets.seal(claims, now, RANDOM), secret, 1800));
        sessions.add(session);
        logins.incrementAndGet();
    }

    private void attach(Leg leg, Hello hello, byte[] body) throws AuthenticationException {
        AttachResponder handshake = AttachResponder.read(hello, body);
        TicketClaims claims = tickets.open(handshake.ticket(), Role.CLIENT, System.currentTimeMillis() / 1000);
        handshake.open(claims.secret());
        attachBodies.add(body);
        attaches.incrementAndGet();
        var records = new LegRecords(leg, handshake.records(), Sender.CLIENT);
        records.send(new LegMessage.Ok(node));
        leg.flush();
        warm.add(leg);
        records.await(
                message -> {
                    warm.remove(leg);
                    var open = (LegMessage.Open) message;
                    var asked = new Asked(leg, records, open.server(), open.ahead());
                    servers.getOrDefault(open.server(), Asked::unavailable).accept(asked);
                },
                e -> {
                    warm.remove(leg);
                    leg.abort();
                });
    }
}
