package dev.tcprelay.relay;

import dev.tcprelay.protocol.wire.ControlMessage.GoAway;
import dev.tcprelay.protocol.wire.NodeId;
import dev.tcprelay.relay.Members.Member;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.function.BooleanSupplier;

/** Makes a node one of several: what changes on it is shared, and what others share, ask and send is taken. */
final class Clustering implements Members.Watcher {
    /** No grace: legs and tunnels stay. */
    private static final GoAway REBALANCE = new GoAway(GoAway.REBALANCE, 0);

    private final Context context;
    private final Node node;
    private final Bus bus;
    private final Journal journal;
    private final Sharing sharing;
    private final SameUsers users;
    private final long started = Node.now();
    private final Rebalance rebalance;
    private final BooleanSupplier draining;

    /**
     * @param context of the node, on which all of this happens
     * @param draining whether the node is about to stop; may be asked on any thread
     */
    Clustering(Context context, Node node, Bus bus, BooleanSupplier draining) {
        this.context = context;
        this.node = node;
        this.bus = bus;
        this.draining = draining;
        this.journal = new Journal(node.id(), this::entry);
        this.sharing = new Sharing(
                new Sharing.Part(
                        node.peering().members(), bus, journal, node.peering().fleet(), this::condition),
                node.directory(),
                task -> context.runOnContext(v -> task.run()),
                System::nanoTime);
        this.users = new SameUsers(node.peering().members(), node.peering().fleet(), node.accounts());
        this.rebalance = new Rebalance(
                node.peering().fleet(),
                node.sessions().keys(),
                session -> node.sessions().sendAway(session, REBALANCE),
                System::nanoTime);
    }

    private Fleet.Condition condition() {
        var now = new Fleet.Condition(
                node.sessions().size(), draining.getAsBoolean(), node.accounts().hash(), started);
        node.peering().fleet().own(now);
        return now;
    }

    /** Tells the other nodes at once how this one is. On the context. */
    void announce() {
        sharing.announce();
    }

    private Entry entry(Offer offer) {
        return new Entry(
                offer,
                node.directory().claim(offer).orElse(null),
                node.spares().count(offer),
                node.tunnels().of(offer));
    }

    /** On the context. Completes when other nodes can reach this one. */
    Future<Void> start() {
        node.directory().listen(journal::changed);
        node.spares().listen(journal::changed);
        node.tunnels().listen(journal::changed);
        Vertx vertx = context.owner();
        Members members = node.peering().members();
        return bus.serve(new NodeDesk(node, sharing)).onSuccess(v -> {
            members.watch(this);
            announce();
            members.others().forEach(this::joined);
            long unusedFlush = vertx.setPeriodic(Sharing.FLUSH.toMillis(), id -> sharing.flush());
            long unusedBeat = vertx.setPeriodic(Sharing.DIGEST.toMillis(), id -> {
                sharing.beat();
                users.look();
                node.peering().links().refill();
            });
            long unusedTick = vertx.setPeriodic(Rebalance.TICK.toMillis(), id -> {
                if (!draining.getAsBoolean()) {
                    rebalance.tick();
                }
            });
        });
    }

    @Override
    public void joined(Member member) {
        context.runOnContext(v -> {
            sharing.joined(member.id());
            rebalance.joined();
            node.peering().links().refill();
        });
    }

    @Override
    public void left(NodeId id) {
        context.runOnContext(v -> {
            sharing.left(id);
            node.peering().links().left(id);
        });
    }
}
