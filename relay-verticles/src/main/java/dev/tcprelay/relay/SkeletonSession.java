package dev.tcprelay.relay;

import dev.tcprelay.channel.ControlConnection;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.ControlMessage;
import dev.tcprelay.protocol.wire.ControlMessage.Need;
import dev.tcprelay.protocol.wire.ControlMessage.Register;
import dev.tcprelay.protocol.wire.ControlMessage.Registered;
import dev.tcprelay.protocol.wire.ControlMessage.Unregister;
import dev.tcprelay.protocol.wire.Mode;
import dev.tcprelay.protocol.wire.NodeId;
import dev.tcprelay.protocol.wire.Status;
import dev.tcprelay.protocol.wire.Token;
import dev.tcprelay.relay.ServerAuthorization.Verb;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A skeleton's session: it registers ids and is asked for legs (docs/protocol.md, M19 to M22). One that is replaced
 * leaves its ids to its successor, which has a moment to register them, and passes on what it is asked.
 */
final class SkeletonSession extends Session implements Skeleton {
    private static final long PING_MILLIS = 2000;
    private static final long SUCCESSION_MILLIS = 3000;

    private final Map<ServerId, Registration> registrations = new HashMap<>();
    private final List<Registration> inherited = new ArrayList<>();
    private final RegistrationLog answers;
    private boolean closed;

    SkeletonSession(Node node, ControlConnection connection, Identity identity) {
        super(node, connection, identity);
        this.answers = new RegistrationLog(node.events(), user(), node.limits().idsPerSession());
    }

    @Override
    public void received(ControlMessage message) {
        if (message instanceof Register register) {
            register(register.id(), register.mode());
        } else if (message instanceof Unregister unregister) {
            withdraw(unregister.id());
        }
    }

    private void register(ServerId id, Mode mode) {
        if (!node.accounts().may(user(), Verb.SERVE, id)) {
            answer(id, Status.FORBIDDEN);
        } else if (registrations.size() >= node.limits().idsPerSession() && !registrations.containsKey(id)) {
            answer(id, Status.LIMIT);
        } else {
            withdraw(id);
            var claim = new Registration(new Offer(id, user(), instance()), this, mode);
            registrations.put(id, claim);
            node.directory()
                    .register(claim)
                    .onComplete(done -> connection.loop().execute(() -> settle(claim, done.result())));
        }
    }

    /** The directory's word, which may have taken a moment: the session may have ended or thought better meanwhile. */
    private void settle(Registration claim, Status status) {
        ServerId id = claim.offer().server();
        boolean wanted = !closed && registrations.get(id) == claim;
        if (status == Status.AVAILABLE && !wanted) {
            node.directory().remove(claim);
        } else if (status != Status.AVAILABLE) {
            registrations.remove(id, claim);
        }
        if (wanted) {
            answer(id, status);
        }
    }

    private void answer(ServerId id, Status status) {
        if (status != Status.AVAILABLE) {
            node.counters().registrationsRefused.increment();
        }
        answers.answered(id, status);
        registered(id, status);
    }

    private void withdraw(ServerId id) {
        Registration claim = registrations.remove(id);
        if (claim != null) {
            node.directory().remove(claim);
        }
    }

    @Override
    void grantsChanged() {
        for (ServerId id : List.copyOf(registrations.keySet())) {
            if (!node.accounts().may(user(), Verb.SERVE, id)) {
                withdraw(id);
                registered(id, Status.WITHDRAWN);
            }
        }
    }

    @Override
    void closed() {
        closed = true;
        bequeath(List.copyOf(registrations.values()));
        bequeath(List.copyOf(inherited));
        registrations.clear();
        inherited.clear();
    }

    /** Leaves them to the successor; without one they are withdrawn. */
    private void bequeath(List<Registration> claims) {
        if (successor() instanceof SkeletonSession next) {
            next.connection.loop().execute(() -> next.inherit(claims));
        } else {
            claims.forEach(node.directory()::remove);
        }
    }

    /** Keeps them for a moment; those that this session registers meanwhile are in the directory as its own then. */
    private void inherit(List<Registration> claims) {
        if (closed) {
            bequeath(claims);
        } else {
            inherited.addAll(claims);
            var unused = connection
                    .loop()
                    .schedule(
                            () -> {
                                inherited.removeAll(claims);
                                claims.forEach(node.directory()::remove);
                            },
                            SUCCESSION_MILLIS,
                            TimeUnit.MILLISECONDS);
        }
    }

    private SkeletonSession newest() {
        return successor() instanceof SkeletonSession next ? next.newest() : this;
    }

    @Override
    public void need(ServerId id, Token token, NodeId meeting) {
        newest().connection.send(new Need(id, token, meeting));
    }

    @Override
    public void displaced(Registration registration, Claim by) {
        connection.loop().execute(() -> {
            ServerId id = registration.offer().server();
            if (registrations.remove(id, registration)) {
                node.events()
                        .write(Event.REGISTER_DISPLACED, id, user(), by.offer().user(), by.node());
                registered(id, Status.IN_USE);
            }
        });
    }

    @Override
    public Future<Boolean> answersPing() {
        ControlConnection asked = newest().connection;
        Promise<Boolean> answered = Promise.promise();
        asked.loop().execute(() -> {
            asked.ping(() -> answered.tryComplete(true));
            var unused = asked.loop().schedule(() -> answered.tryComplete(false), PING_MILLIS, TimeUnit.MILLISECONDS);
        });
        return answered.future();
    }

    @Override
    public void evict() {
        newest().connection.abort("it did not answer, and another instance took its id");
    }

    private void registered(ServerId id, Status status) {
        connection.send(new Registered(id, status));
    }
}
