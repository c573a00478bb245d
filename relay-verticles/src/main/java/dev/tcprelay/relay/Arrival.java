package dev.tcprelay.relay;

import dev.tcprelay.channel.Cancellable;
import dev.tcprelay.channel.Leg;
import dev.tcprelay.channel.OneFrame;
import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.noise.AuthenticationException;
import dev.tcprelay.protocol.wire.Frames;
import dev.tcprelay.protocol.wire.Hello;
import dev.tcprelay.protocol.wire.Role;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection that has not authenticated: HELLO goes out, then one frame decides what it becomes, a login or a leg
 * (docs/protocol.md, sections 3, 4 and 6). Everything here is bounded by time, bytes and number; what strangers do is
 * counted. On the leg's loop, except {@link #evict}.
 */
final class Arrival {
    private static final Logger log = LoggerFactory.getLogger(Arrival.class);

    private final Node node;
    private final Role role;
    private final Leg leg;
    private final Hello hello;
    private Source source;
    private Cancellable deadline = () -> {};
    private boolean over;
    private boolean refused;

    private Arrival(Node node, Role role, Leg leg, Source source) {
        this.node = node;
        this.role = role;
        this.leg = leg;
        this.source = source;
        this.hello = role == Role.PEER
                ? Hello.ofNode(node.random())
                : Hello.create(role, PublicKey.of(node.key()).fingerprint(), node.random());
    }

    private Admission admission() {
        return role == Role.PEER ? node.peering().admission() : node.admission();
    }

    /** Greets a new connection of this port. */
    static void greet(Node node, Role role, Leg leg, Source source) {
        var arrival = new Arrival(node, role, leg, source);
        if (arrival.admission().enter(arrival, source)) {
            // Not while it is being accepted: Netty would log every peer that has left by then, with a stack trace.
            leg.loop().execute(() -> arrival.begin(arrival::sayHello));
        } else {
            arrival.shed();
        }
    }

    /** The same of a load balancer's connection, which has to begin by telling whose it is: see {@link Forwarded}. */
    static void greetForwarded(Node node, Role role, Leg leg, Source balancer) {
        var arrival = new Arrival(node, role, leg, balancer);
        arrival.admission().enterUnidentified(arrival);
        leg.loop().execute(() -> arrival.begin(() -> new Forwarded(arrival).await()));
    }

    private void shed() {
        node.counters().shed.increment();
        leg.abort();
    }

    private void begin(Runnable phase) {
        if (!over) {
            deadline = leg.after(node.limits().authentication(), () -> gone("it did not authenticate in time"));
            phase.run();
        }
    }

    /** The load balancer has told where the connection comes from. */
    void identified(Source actual) {
        if (over) {
            return;
        }
        source = actual;
        if (admission().identified(this, actual)) {
            sayHello();
        } else {
            authenticated();
            shed();
        }
    }

    /** HELLO, and what comes then. */
    void sayHello() {
        leg.write(Unpooled.wrappedBuffer(hello.encode()));
        leg.flush();
        OneFrame.await(leg, Frames::request, this::first, e -> gone(String.valueOf(e.getMessage())));
    }

    private void first(byte[] frame) {
        byte[] body = Arrays.copyOfRange(frame, Frames.HEAD, frame.length);
        if (Frames.isAttach(frame, 0)) {
            attach(body);
        } else if (role == Role.PEER) {
            gone("LOGIN on the port for nodes");
        } else {
            new LoginPhase(this, body).run();
        }
    }

    private void attach(byte[] body) {
        try {
            Runnable next = Attachment.open(node, role, leg, hello, body);
            node.counters().attaches.increment();
            authenticated();
            next.run();
        } catch (AuthenticationException e) {
            node.counters().attachesRefused.increment();
            log.debug("ATTACH from {} refused: {}", source, e.getMessage());
            refuse();
        }
    }

    /** The peer has proven who it is, or is gone: no limit of this phase holds any longer. */
    void authenticated() {
        over = true;
        deadline.cancel();
        admission().leave(this);
    }

    /** The same two bytes whatever the cause (M11, M26). */
    void refuse() {
        if (!over) {
            over = true;
            refused = true;
            deadline.cancel();
            leg.write(Unpooled.wrappedBuffer(Frames.refusal()));
            leg.flush();
            leg.closeGently();
            leg.closed().onComplete(done -> admission().leave(this)); // it counts as long as it lingers
        }
    }

    /** Ends it without a byte: it was a stranger's. */
    void gone(String why) {
        if (!over) {
            node.counters().strangers.increment();
            end(why);
        }
    }

    /** Ends it without a byte. */
    void end(String why) {
        if (!over) {
            authenticated();
            log.debug("connection from {} ended before it authenticated: {}", source, why);
            leg.abort();
        }
    }

    /** Closed in favour of a newer connection, unless it has authenticated meanwhile. May be called on any thread. */
    void evict() {
        leg.run(() -> {
            if (!over) {
                node.counters().shed.increment();
                gone("too many wait");
            } else if (refused) {
                node.counters().shed.increment();
                leg.abort();
            }
        });
    }

    boolean over() {
        return over;
    }

    Node node() {
        return node;
    }

    Role role() {
        return role;
    }

    Leg leg() {
        return leg;
    }

    Hello hello() {
        return hello;
    }

    /** Where the connection comes from, for limits and the relay's own log only. */
    Source source() {
        return source;
    }
}
