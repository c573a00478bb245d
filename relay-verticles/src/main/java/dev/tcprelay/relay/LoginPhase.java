package dev.tcprelay.relay;

import dev.tcprelay.channel.ControlConnection;
import dev.tcprelay.channel.OneFrame;
import dev.tcprelay.protocol.noise.AuthenticationException;
import dev.tcprelay.protocol.wire.ControlCodec;
import dev.tcprelay.protocol.wire.ControlMessage.Confirm;
import dev.tcprelay.protocol.wire.Frames;
import dev.tcprelay.protocol.wire.Layer;
import dev.tcprelay.protocol.wire.LoginInitiator;
import dev.tcprelay.protocol.wire.LoginResponder;
import dev.tcprelay.protocol.wire.LoginResponder.Claim;
import dev.tcprelay.protocol.wire.ProtocolException;
import dev.tcprelay.protocol.wire.Role;
import dev.tcprelay.protocol.wire.SecureRecords;
import dev.tcprelay.protocol.wire.SessionId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * LOGIN on the relay's side (docs/protocol.md, section 4): the handshake's public-key work at the {@link LoginDesk},
 * the decision by the {@link Accounts}, then CONFIRM. Nothing is granted before CONFIRM has opened.
 */
final class LoginPhase {
    private static final Logger log = LoggerFactory.getLogger(LoginPhase.class);
    private static final int LENGTH = 2;

    private final Arrival arrival;
    private final Node node;
    private final byte[] message1;
    private final LoginResponder handshake;

    LoginPhase(Arrival arrival, byte[] message1) {
        this.arrival = arrival;
        this.node = arrival.node();
        this.message1 = message1;
        this.handshake = new LoginResponder(arrival.hello(), node.key(), node.random());
    }

    /** What the handshake came to. */
    private record Proven(Claim claim, SessionId session, ByteBuf answer, SecureRecords records) {}

    void run() {
        if (!node.failedLogins().allows(arrival.source(), System.nanoTime())) {
            node.counters().shed.increment();
            arrival.gone("too many failed logins from there");
            return;
        }
        prove().onComplete(
                        proven -> arrival.leg().run(() -> accepted(proven)),
                        e -> arrival.leg().run(() -> failed(e)));
    }

    private Future<Proven> prove() {
        return node.loginDesk()
                .submit(() -> handshake.read(message1))
                .compose(claim -> node.accounts()
                        .authenticate(new ProvenKey(claim.name(), claim.key()))
                        .recover(e -> Future.failedFuture(refusal(claim)))
                        .compose(user -> node.loginDesk().submit(() -> accept(claim))));
    }

    private Proven accept(Claim claim) {
        var session = SessionId.random(node.random());
        ByteBuf answer = Unpooled.wrappedBuffer(handshake.accept(session));
        return new Proven(claim, session, answer, handshake.records());
    }

    private AuthenticationException refusal(Claim claim) {
        String objection = node.accounts().objection(claim.name());
        node.events().write(Event.LOGIN_REFUSED, claim.name(), arrival.source(), role(), objection);
        return new AuthenticationException("no such user with that key");
    }

    private String role() {
        return arrival.role().name().toLowerCase(Locale.ROOT);
    }

    private void failed(Throwable e) {
        if (e instanceof AuthenticationException) {
            node.counters().loginsRefused.increment();
            node.failedLogins().failed(arrival.source(), System.nanoTime());
            log.debug("LOGIN from {} refused: {}", arrival.source(), e.getMessage());
            arrival.refuse();
        } else {
            if (!(e instanceof LoginDesk.Overloaded)) {
                log.error("a login could not be worked on", e);
            }
            node.counters().shed.increment();
            arrival.gone(String.valueOf(e.getMessage()));
        }
    }

    private void accepted(Proven proven) {
        if (arrival.over()) {
            return;
        }
        arrival.leg().write(proven.answer());
        arrival.leg().flush();
        OneFrame.await(
                arrival.leg(),
                LoginPhase::confirmSize,
                frame -> confirmed(proven, confirm(proven, frame)),
                e -> arrival.gone("no CONFIRM: " + e.getMessage()));
    }

    /** CONFIRM still falls under the bytes that the relay reads of strangers (M14). */
    private static int confirmSize(byte[] in, int off, int available) throws ProtocolException {
        int size = Frames.record(Layer.CONTROL, in, off, available);
        if (size > Frames.BEFORE_AUTHENTICATION - LoginInitiator.REQUEST) {
            throw new ProtocolException("a first record that is too long");
        }
        return size;
    }

    private Confirm confirm(Proven proven, byte[] frame) throws ProtocolException, AuthenticationException {
        byte[] plain = proven.records().opener().open(frame, LENGTH, frame.length - LENGTH);
        if (ControlCodec.decode(plain, arrival.role().sender()) instanceof Confirm confirm) {
            return confirm;
        }
        throw new ProtocolException("another record than CONFIRM");
    }

    private void confirmed(Proven proven, Confirm confirm) throws AuthenticationException {
        var user = node.accounts()
                .active(proven.claim().name())
                .filter(known -> known.key().publicKey().equals(proven.claim().key()))
                .orElseThrow(() -> new AuthenticationException("removed or given another key meanwhile"));
        arrival.authenticated();
        node.counters().logins.increment();
        node.events().write(Event.LOGIN, user.name(), arrival.source(), role(), proven.session(), node.id());
        var connection = new ControlConnection(
                arrival.leg(),
                proven.records(),
                arrival.role().sender(),
                node.limits().keepalive());
        var identity = new Session.Identity(proven.session(), arrival.role(), user, confirm.instance());
        Session session = arrival.role() == Role.CLIENT
                ? new ClientSession(node, connection, identity)
                : new SkeletonSession(node, connection, identity);
        node.sessions().track(arrival.leg());
        session.begin();
    }
}
