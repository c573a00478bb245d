package dev.tcprelay.relay;

import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.noise.KeyPair;
import dev.tcprelay.protocol.wire.Attach;
import dev.tcprelay.protocol.wire.AttachInitiator;
import dev.tcprelay.protocol.wire.ControlCodec;
import dev.tcprelay.protocol.wire.ControlMessage;
import dev.tcprelay.protocol.wire.ControlMessage.Confirm;
import dev.tcprelay.protocol.wire.ControlMessage.Register;
import dev.tcprelay.protocol.wire.ControlMessage.Registered;
import dev.tcprelay.protocol.wire.ControlMessage.Ticket;
import dev.tcprelay.protocol.wire.ControlMessage.Welcome;
import dev.tcprelay.protocol.wire.Hello;
import dev.tcprelay.protocol.wire.Instance;
import dev.tcprelay.protocol.wire.LegMessage;
import dev.tcprelay.protocol.wire.LoginInitiator;
import dev.tcprelay.protocol.wire.Mode;
import dev.tcprelay.protocol.wire.Role;
import dev.tcprelay.protocol.wire.SecureRecords;
import dev.tcprelay.protocol.wire.Sender;
import dev.tcprelay.protocol.wire.Status;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One connection to a node by a peer that says what it likes, byte for byte; blocking. */
final class Peer implements AutoCloseable {
    static final byte[] REFUSED = {(byte) 0xff, 1};
    private static final int PATIENCE_MILLIS = 30_000;

    final Relay relay;
    final Role role;
    final Socket socket;
    final Hello hello;
    /** All that came, and what was in the records that were opened. */
    final ByteArrayOutputStream heard = new ByteArrayOutputStream();

    @Nullable
    SecureRecords records;

    @Nullable
    Welcome welcome;

    @Nullable
    Ticket ticket;

    Peer(Relay relay, Role role, String source) throws IOException {
        this(relay, role, source, new byte[0]);
    }

    /** @param header what a load balancer says before */
    Peer(Relay relay, Role role, String source, byte[] header) throws IOException {
        this.relay = relay;
        this.role = role;
        socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.bind(new InetSocketAddress(InetAddress.getByName(source), 0));
        socket.connect(new InetSocketAddress("127.0.0.1", relay.port(role)));
        socket.getOutputStream().write(header);
        try {
            hello = Hello.decode(read(Hello.SIZE), role);
        } catch (dev.tcprelay.protocol.wire.ProtocolException e) {
            throw new IOException(e);
        }
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    byte[] read(int size) throws IOException {
        byte[] bytes = socket.getInputStream().readNBytes(size);
        if (bytes.length < size) {
            throw new EOFException("closed after " + bytes.length + " of " + size + " bytes");
        }
        heard.writeBytes(bytes);
        return bytes;
    }

    /** All bytes until the node closes or resets the connection. */
    byte[] rest() throws IOException {
        var all = new ByteArrayOutputStream();
        byte[] some = new byte[8192];
        try {
            for (int n = socket.getInputStream().read(some);
                    n >= 0;
                    n = socket.getInputStream().read(some)) {
                all.write(some, 0, n);
            }
        } catch (SocketException e) {
            // A reset ends it too.
        }
        heard.writeBytes(all.toByteArray());
        return all.toByteArray();
    }

    LoginInitiator initiator(String user, KeyPair key) {
        return new LoginInitiator(hello, key, new UserName(user), relay.publicKey(), Relay.RANDOM);
    }

    /** Frame 1 of an honest login on this connection. */
    byte[] loginRequest(String user, KeyPair key) {
        return initiator(user, key).request();
    }

    /** LOGIN up to its answer; CONFIRM has not been sent. */
    Peer half(String user, KeyPair key) throws Exception {
        LoginInitiator initiator = initiator(user, key);
        send(initiator.request());
        byte[] answer = read(67);
        records = initiator.accepted(Arrays.copyOfRange(answer, 3, 67)).records();
        return this;
    }

    Peer login(String user, KeyPair key) throws Exception {
        return login(user, key, Instance.random(Relay.RANDOM));
    }

    Peer login(String user, KeyPair key, Instance instance) throws Exception {
        Peer confirmed = half(user, key);
        say(new Confirm(instance));
        welcome = (Welcome) hear();
        ticket = (Ticket) hear();
        return confirmed;
    }

    void say(ControlMessage message) throws IOException {
        seal(ControlCodec.encode(message));
    }

    /** A sealed record of any bytes. */
    void seal(byte[] typeAndBody) throws IOException {
        send(records().sealer().seal(typeAndBody));
    }

    ControlMessage hear() throws Exception {
        return ControlCodec.decode(open(), Sender.RELAY);
    }

    /** The next message of this type; the others are skipped. */
    <T extends ControlMessage> T hear(Class<T> type) throws Exception {
        ControlMessage next = hear();
        while (!type.isInstance(next)) {
            next = hear();
        }
        return type.cast(next);
    }

    /** The next record, opened. */
    byte[] open() throws Exception {
        byte[] length = read(2);
        byte[] sealed = read((length[0] & 0xff) << 8 | length[1] & 0xff);
        byte[] opened = records().opener().open(sealed, 0, sealed.length);
        heard.writeBytes(opened);
        return opened;
    }

    SecureRecords records() {
        return Objects.requireNonNull(records);
    }

    Ticket ticket() {
        return Objects.requireNonNull(ticket);
    }

    Welcome welcome() {
        return Objects.requireNonNull(welcome);
    }

    Status register(String id, Mode mode) throws Exception {
        say(new Register(new ServerId(id), mode));
        return hear(Registered.class).status();
    }

    /** An ATTACH frame for this connection; the records follow from it. */
    byte[] attachRequest(Ticket with, Attach attach) {
        var initiator = new AttachInitiator(hello, with.ticket(), with.secret(), Relay.RANDOM);
        byte[] request = initiator.request(attach);
        records = initiator.records();
        return request;
    }

    /** Attaches and reads OK. */
    Peer attach(Ticket with, Attach attach) throws Exception {
        send(attachRequest(with, attach));
        hearLeg(LegMessage.Ok.class);
        return this;
    }

    void sayLeg(LegMessage message) throws IOException {
        send(records().sealer().seal(message.encode()));
    }

    <T extends LegMessage> T hearLeg(Class<T> type) throws Exception {
        return type.cast(LegMessage.decode(open(), Sender.RELAY));
    }

    /** A client's leg that has asked for this server. */
    Peer open(Peer session, String id) throws Exception {
        attach(session.ticket(), Attach.client());
        sayLeg(new LegMessage.Open(new ServerId(id), false));
        return this;
    }

    /** A skeleton's leg that waits for a client, with message 1 behind ATTACH in the same write. */
    Peer spare(Peer session, String id, byte[] message1) throws Exception {
        byte[] request = attachRequest(session.ticket(), Attach.spare(new ServerId(id)));
        byte[] both = Arrays.copyOf(request, request.length + message1.length);
        System.arraycopy(message1, 0, both, request.length, message1.length);
        send(both);
        hearLeg(LegMessage.Ok.class);
        return this;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** On a thread of its own: a common pool has only one thread on a small machine, and these tasks wait for another. */
    static <T> CompletableFuture<T> async(Supplier<T> task) {
        return CompletableFuture.supplyAsync(task, command -> new Thread(command, "test").start());
    }
}
