package dev.tcprelay.relay;

import dev.tcprelay.channel.Cancellable;
import dev.tcprelay.channel.Leg;
import dev.tcprelay.protocol.wire.LegMessage;
import dev.tcprelay.protocol.wire.Token;
import dev.tcprelay.protocol.wire.TunnelId;
import dev.tcprelay.relay.ServerAuthorization.Verb;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One OPEN until it is answered (docs/protocol.md, section 7): a spare is taken, or a skeleton asked for a new leg, one
 * candidate after the other until the deadline. On the client leg's loop, except {@link #answered}.
 */
final class Opening {
    /** After which another skeleton is tried; an answer that comes later still serves, as a spare. */
    private static final Duration CANDIDATE = Duration.ofSeconds(3);

    private final Node node;
    private final ClientLeg client;
    private final LegMessage.Open asked;
    private final Route.Plan plan;
    private State state = State.NEW;
    private Cancellable deadline = () -> {};
    private Cancellable candidate = () -> {};
    private @Nullable Token token;

    /** What an opening is doing. */
    private enum State {
        NEW,
        /** A session has been asked for a leg. */
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

    void begin() {
        boolean allowed = node.accounts().may(client.user(), Verb.CONNECT, asked.server());
        if (!allowed || !node.tunnels().take(client.user())) {
            state = State.OVER;
            refuse();
            return;
        }
        deadline = client.leg().after(node.limits().openDeadline(), this::fail);
        next();
    }

    private void next() {
        Optional<Route> route = plan.next();
        if (route.isEmpty()) {
            fail();
        } else if (route.get() instanceof Route.Local local) {
            start(local.spare());
        } else if (route.get() instanceof Route.Ask ask) {
            ask(ask.registration());
        }
    }

    private void ask(Registration registration) {
        state = State.ASKING;
        Token awaited = Token.random(node.random());
        token = awaited;
        node.tunnels().await(awaited, this);
        registration.session().need(asked.server(), awaited);
        candidate = client.leg().after(CANDIDATE, () -> {
            stopAsking();
            next();
        });
    }

    private void stopAsking() {
        candidate.cancel();
        if (token != null) {
            node.tunnels().forget(token);
            token = null;
        }
    }

    /** The skeleton's answer has come. On the answer's loop. */
    void answered(Spare answer) {
        client.leg().run(() -> {
            if (state == State.ASKING) {
                stopAsking();
                start(answer);
            } else if (!answer.registration().park(answer, node.limits().sparesPerRegistration())) {
                answer.close();
            }
        });
    }

    private void start(Spare spare) {
        state = State.STARTING;
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
        state = State.OVER;
        deadline.cancel();
        client.opened(id);
        node.tunnels().join(client, asked, skeleton, by, id);
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
        if (state == State.OVER || state == State.NEW) {
            return false;
        }
        state = State.OVER;
        deadline.cancel();
        stopAsking();
        node.tunnels().giveBack(client.user());
        return true;
    }
}
