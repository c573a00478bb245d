package dev.tcprelay.bench;

import dev.tcprelay.channel.RelayHome;
import dev.tcprelay.channel.RelayLogins;
import dev.tcprelay.channel.RelayLogins.Login;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.noise.AuthenticationException;
import dev.tcprelay.protocol.wire.Attach;
import dev.tcprelay.protocol.wire.AttachInitiator;
import dev.tcprelay.protocol.wire.ControlCodec;
import dev.tcprelay.protocol.wire.ControlMessage;
import dev.tcprelay.protocol.wire.ControlMessage.Confirm;
import dev.tcprelay.protocol.wire.ControlMessage.Fault;
import dev.tcprelay.protocol.wire.ControlMessage.Need;
import dev.tcprelay.protocol.wire.ControlMessage.Ping;
import dev.tcprelay.protocol.wire.ControlMessage.Pong;
import dev.tcprelay.protocol.wire.ControlMessage.Register;
import dev.tcprelay.protocol.wire.ControlMessage.Registered;
import dev.tcprelay.protocol.wire.ControlMessage.Ticket;
import dev.tcprelay.protocol.wire.ControlMessage.Welcome;
import dev.tcprelay.protocol.wire.Instance;
import dev.tcprelay.protocol.wire.LegMessage;
import dev.tcprelay.protocol.wire.LoginInitiator;
import dev.tcprelay.protocol.wire.Mode;
import dev.tcprelay.protocol.wire.ProtocolException;
import dev.tcprelay.protocol.wire.Role;
import dev.tcprelay.protocol.wire.Sender;
import dev.tcprelay.protocol.wire.Status;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A session that this process speaks itself, with a thread that answers what the relay says; its legs carry what
 * anybody writes, with no end-to-end stream. Ends with the process.
 */
final class RawSession {
    /** The first message of an end-to-end stream, which the relay passes on without looking at it. */
    static final int MESSAGE_1 = 50;

    private static final int HEAD = 3;
    private static final int ACCEPTED = HEAD + 64;
    private static final long REGISTERED_SECONDS = 60;

    private final SecureRandom random = new SecureRandom();
    private final Semaphore registered = new Semaphore(0);
    private final Login login;
    private final RawConnection control;
    private final Consumer<Need> needs;
    private volatile Ticket ticket;

    /**
     * Logs in.
     *
     * @param home of a login of the relay command
     * @param needs what a skeleton is asked; called on the session's thread
     */
    RawSession(Path home, Role role, Consumer<Need> needs) throws IOException {
        this.needs = needs;
        login = RelayLogins.find(new RelayHome(home), null, null, role);
        control = new RawConnection(login.address());
        var initiator = new LoginInitiator(
                control.hello(),
                login.credentials().key(),
                login.credentials().user(),
                login.address().key(),
                random);
        control.write(initiator.request());
        try {
            byte[] answer = control.read(ACCEPTED);
            control.secure(initiator
                    .accepted(Arrays.copyOfRange(answer, HEAD, ACCEPTED))
                    .records());
        } catch (AuthenticationException e) {
            throw new IOException("the relay has not accepted the login", e);
        }
        say(new Confirm(Instance.random(random)));
        if (!(hear() instanceof Welcome) || !(hear() instanceof Ticket first)) {
            throw new IOException("the relay did not say WELCOME and TICKET");
        }
        ticket = first;
        control.patient();
        Target.daemon("raw session", this::listen);
    }

    private void listen() {
        try {
            while (true) {
                ControlMessage message = hear();
                if (message instanceof Ping) {
                    say(new Pong());
                } else if (message instanceof Ticket newer) {
                    ticket = newer;
                } else if (message instanceof Need need) {
                    needs.accept(need);
                } else if (message instanceof Registered answer && answer.status() == Status.AVAILABLE) {
                    registered.release();
                } else if (message instanceof Fault fault) {
                    throw new IOException(fault.toString());
                }
            }
        } catch (IOException e) {
            // The relay has been stopped, or the measurements that need this session will say what they lack.
            return;
        }
    }

    /** Makes ids available; waits for all. */
    void register(List<ServerId> ids) throws IOException, InterruptedException {
        for (ServerId id : ids) {
            say(new Register(id, Mode.GROUP));
        }
        if (!registered.tryAcquire(ids.size(), REGISTERED_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException("the relay has not made all of " + ids.size() + " ids available");
        }
    }

    /** A skeleton's leg; the relay's next records are OK and, when a client has come, START. */
    RawConnection spare(Attach attach) throws IOException {
        RawConnection leg = new RawConnection(login.address());
        byte[] request = attach(leg, attach);
        leg.write(Arrays.copyOf(request, request.length + MESSAGE_1));
        return leg;
    }

    /** A client's leg that is joined with one of the server. */
    Socket open(ServerId server) throws IOException {
        RawConnection leg = new RawConnection(login.address());
        try {
            leg.write(attach(leg, Attach.client()));
            leg.seal(new LegMessage.Open(server, false).encode());
            leg.expect(LegMessage.Ok.class);
            leg.expect(LegMessage.Opened.class);
            leg.read(MESSAGE_1);
            return leg.socket();
        } catch (IOException e) {
            leg.socket().close();
            throw e;
        }
    }

    private byte[] attach(RawConnection leg, Attach attach) {
        Ticket with = ticket;
        var initiator = new AttachInitiator(leg.hello(), with.ticket(), with.secret(), random);
        byte[] request = initiator.request(attach);
        leg.secure(initiator.records());
        return request;
    }

    private synchronized void say(ControlMessage message) throws IOException {
        control.seal(ControlCodec.encode(message));
    }

    private ControlMessage hear() throws IOException {
        try {
            return ControlCodec.decode(control.open(), Sender.RELAY);
        } catch (ProtocolException e) {
            throw new IOException("an unknown message of the relay", e);
        }
    }
}
