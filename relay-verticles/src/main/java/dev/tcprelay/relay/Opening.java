package dev.tcprelay.relay;

import dev.tcprelay.channel.Cancellable;
import dev.tcprelay.channel.Leg;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.LegMessage;
import dev.tcprelay.protocol.wire.Token;
import dev.tcprelay.protocol.wire.TunnelId;
import dev.tcprelay.relay.ServerAuthorization.Verb;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One OPEN until it is answered (docs/protocol.md, section 7): a spare is taken, or a skeleton asked for a new leg, one
 * candidate after the other until the deadline. On the client leg's loop, except {@link #answered}.
 */
final class Opening {
    /** After which another skeleton is tried too, and spares that came meanwhile are seen. */
    private static final Duration CANDIDATE = Duration.ofSeconds(3);

    private final Node node;
    private final ClientLeg client;
    private final LegMessage.Open asked;
    private final Route.Plan plan;
    /** Of the sessions that have been asked; the first that answers serves, the others' answers become spares. */
    private final List<Token> tokens = new ArrayList<>();

    private State state = State.NEW;
    private Cancellable deadline = () -> {};
    private Cancellable candidate = () -> {};

    /** What an opening is doing. */
    private enum State {
        NEW,
        /** Sessions have been asked for a leg. */
        ASKING,
        /** A spare is being started. */
        STARTING,
        OVER
    }

    Opening(Node node, ClientLeg client, LegMessage.Open asked) {
        this.node = node;
        this.client = client;
        this.asked = asked;
        this.plan = new Route.Plan(node.directory(), asked.server());
    }

    /** Does nothing when the client has left already. */
    void begin() {
        if (state != State.NEW) {
            return;
        }
        String refusal = refusal();
        if (refusal != null) {
            state = State.OVER;
            node.counters().opensRefused.increment();
            node.events().write(Event.OPEN_REFUSED, asked.server(), client.user(), refusal);
            refuse();
            return;
        }
        state = State.ASKING;
        deadline = client.leg().after(node.limits().openDeadline(), this::fail);
        next();
    }

    /** Why the user may not have this tunnel; null when the user may, and then it is counted. */
    private @Nullable String refusal() {
        if (!client.known() || !node.accounts().may(client.user(), Verb.CONNECT, asked.server())) {
            return "no grant to connect to it";
        }
        return node.tunnels().take(client.user()) ? null : "the user has as many tunnels as allowed";
    }

    ServerId server() {
        return asked.server();
    }

    private void next() {
        Route route = plan.next().orElse(null);
        if (route instanceof Route.Local local) {
            start(local.spare());
            return;
        }
        if (route instanceof Route.Ask ask) {
            ask(ask.registration());
        } else if (tokens.isEmpty()) {
            fail();
            return;
        }
        state = State.ASKING;
        candidate = client.leg().after(CANDIDATE, this::next);
    }

    private void ask(Registration registration) {
        Token awaited = Token.random(node.random());
        tokens.add(awaited);
        node.tunnels().await(awaited, this);
        registration.session().need(asked.server(), awaited);
    }

    /** A skeleton's answer has come. On the answer's loop. */
    void answered(Spare answer) {
        client.leg().run(() -> {
            if (state == State.ASKING) {
                start(answer);
            } else {
                answer.park();
            }
        });
    }

    private void start(Spare spare) {
        state = State.STARTING;
        candidate.cancel();
        var id = TunnelId.random(node.random());
        spare.start(id, asked.ahead())
                .onComplete(
                        leg -> client.leg().run(() -> started(leg, spare.registration(), id)),
                        gone -> client.leg().run(this::retry));
    }

    private void retry() {
        if (state == State.STARTING) {
            next();
        }
    }

    private void started(Leg skeleton, Registration by, TunnelId id) {
        if (state != State.STARTING) {
            skeleton.run(skeleton::abort);
            return;
        }
        over();
        client.opened(id);
        node.tunnels().join(client, skeleton, by, id);
    }

    private void fail() {
        if (end()) {
            refuse();
        }
    }

    private void refuse() {
        node.counters().tunnelsUnavailable.increment();
        client.unavailable();
    }

    /** The client has left. */
    void cancel() {
        end();
    }

    private boolean end() {
        if (state == State.OVER) {
            return false;
        }
        boolean counted = state != State.NEW;
        over();
        if (counted) {
            node.tunnels().giveBack(client.user());
        }
        return true;
    }

    private void over() {
        state = State.OVER;
        deadline.cancel();
        candidate.cancel();
        tokens.forEach(node.tunnels()::forget);
        tokens.clear();
    }
}
