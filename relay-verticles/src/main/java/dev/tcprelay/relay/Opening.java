package dev.tcprelay.relay;

import dev.tcprelay.channel.Cancellable;
import dev.tcprelay.channel.Leg;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.LegMessage;
import dev.tcprelay.protocol.wire.Token;
import dev.tcprelay.protocol.wire.TunnelId;
import dev.tcprelay.relay.ServerAuthorization.Verb;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * One OPEN until it is answered (docs/protocol.md, section 7): a spare is taken, or a skeleton asked for a new leg, one
 * candidate after the other until the deadline. On the client leg's loop, except {@link #answered}.
 */
final class Opening {
    /** After which another skeleton is tried too, and spares that came meanwhile are seen. */
    private static final Duration CANDIDATE = Duration.ofSeconds(3);

    /** How often a server that was lost with its node is looked for. */
    private static final Duration MISSING = Duration.ofMillis(100);

    private final Node node;
    private final ClientLeg client;
    private final LegMessage.Open asked;
    private final Route.Plan plan;
    /** What is awaited, from which skeleton: the first that comes serves, the others are not needed. */
    private final Map<Token, Offer> tokens = new HashMap<>();

    private State state = State.NEW;
    private Cancellable deadline = () -> {};
    private Cancellable candidate = () -> {};

    /** What an opening is doing. */
    private enum State {
        NEW,
        /** Nodes have been asked to carry a leg here, or sessions for one. */
        ASKING,
        /** A leg is being started. */
        STARTING,
        OVER
    }

    Opening(Node node, ClientLeg client, LegMessage.Open asked) {
        this.node = node;
        this.client = client;
        this.asked = asked;
        this.plan = new Route.Plan(node, asked.server());
    }

    /** Does nothing when the client has left already. */
    void begin() {
        if (state != State.NEW) {
            return;
        }
        if (!client.known() || !node.accounts().may(client.user(), Verb.CONNECT, asked.server())) {
            forbid("no grant to connect to it");
            return;
        }
        if (!node.tunnels().take(client.user(), asked.ahead())) {
            tooMany();
            return;
        }
        state = State.ASKING;
        deadline = client.leg().after(node.limits().openDeadline(), this::fail);
        next();
    }

    /** That there is no room for what nobody waits for is no event. */
    private void tooMany() {
        if (asked.ahead()) {
            state = State.OVER;
            refuse();
        } else {
            forbid("the user has as many tunnels as allowed");
        }
    }

    private void forbid(String reason) {
        state = State.OVER;
        node.counters().opensRefused.increment();
        node.events().write(Event.OPEN_REFUSED, asked.server(), client.user(), reason);
        refuse();
    }

    ServerId server() {
        return asked.server();
    }

    private void next() {
        Route route = plan.next().filter(this::worthwhile).orElse(null);
        candidate.cancel();
        if (route instanceof Route.Local local) {
            start(local.spare(), local.offer());
            return;
        }
        state = State.ASKING;
        if (route == null && tokens.isEmpty()) {
            noneIsLeft();
            return;
        }
        candidate = client.leg().after(CANDIDATE, this::next);
        if (route != null) {
            ask(route);
        }
    }

    private void noneIsLeft() {
        if (!asked.ahead() && node.directory().missing().contains(asked.server())) {
            candidate = client.leg().after(MISSING, this::next);
        } else {
            fail();
        }
    }

    /** Ahead of need a spare is taken, and no skeleton is asked for a leg that may not be used. */
    private boolean worthwhile(Route route) {
        return !(asked.ahead() && route instanceof Route.Ask);
    }

    private void ask(Route route) {
        Token awaited = Token.random(node.random());
        tokens.put(awaited, route.offer());
        node.tunnels().await(awaited, this);
        request(route, awaited)
                .otherwise(false)
                .onComplete(done -> client.leg().run(() -> {
                    if (!done.result()) {
                        notComing(awaited);
                    }
                }));
    }

    private Future<Boolean> request(Route route, Token awaited) {
        Offer offer = route.offer();
        if (route instanceof Route.Peer peer) {
            return node.peering().neighbours().take(peer.holder(), offer, awaited);
        } else if (route instanceof Route.Ask ask && !ask.home().equals(node.id())) {
            return node.peering().neighbours().need(ask.home(), offer, awaited);
        }
        var session = node.directory().registration(offer).map(Registration::session);
        session.ifPresent(skeleton -> skeleton.need(offer.server(), awaited, node.id()));
        return Future.succeededFuture(session.isPresent());
    }

    /** Nobody will come with that token: the next candidate is tried at once. */
    private void notComing(Token awaited) {
        node.tunnels().forget(awaited);
        if (tokens.remove(awaited) != null && state == State.ASKING) {
            next();
        }
    }

    /** What was awaited has come. On the loop of the answer. */
    void answered(Token token, Candidate answer) {
        client.leg().run(() -> {
            Offer offer = tokens.remove(token);
            if (state == State.ASKING && offer != null) {
                start(answer, offer);
            } else {
                answer.decline();
            }
        });
    }

    private void start(Candidate skeleton, Offer offer) {
        state = State.STARTING;
        candidate.cancel();
        var id = TunnelId.random(node.random());
        skeleton.start(id, asked.ahead())
                .onComplete(
                        leg -> client.leg().run(() -> started(leg, offer, id)),
                        gone -> client.leg().run(this::retry));
    }

    private void retry() {
        if (state == State.STARTING) {
            next();
        }
    }

    private void started(Leg skeleton, Offer by, TunnelId id) {
        if (state != State.STARTING) {
            skeleton.run(skeleton::abort);
            return;
        }
        over();
        client.opened(id);
        node.tunnels().join(client, skeleton, by, new LegMessage.Start(asked.ahead(), id));
        Leg leg = client.leg();
        leg.loop().execute(leg::flush); // message 1 goes along if it is on this loop already
    }

    private void fail() {
        if (end()) {
            refuse();
        }
    }

    private void refuse() {
        if (!asked.ahead()) {
            node.counters().tunnelsUnavailable.increment();
        }
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
        tokens.keySet().forEach(node.tunnels()::forget);
        tokens.clear();
    }
}
