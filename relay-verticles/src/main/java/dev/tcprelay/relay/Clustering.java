package dev.tcprelay.relay;

import dev.tcprelay.protocol.wire.NodeId;
import dev.tcprelay.relay.Members.Member;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** Makes a node one of several: what changes on it is shared, and what others share, ask and send is taken. */
final class Clustering implements Members.Watcher {
    private final Context context;
    private final Node node;
    private final Bus bus;
    private final Journal journal;
    private final Sharing sharing;

    /** @param context of the node, on which all of this happens */
    Clustering(Context context, Node node, Bus bus) {
        this.context = context;
        this.node = node;
        this.bus = bus;
        this.journal = new Journal(node.id(), this::entry);
        this.sharing = new Sharing(
                new Sharing.Part(node.peering().members(), bus, journal),
                node.directory(),
                task -> context.runOnContext(v -> task.run()),
                System::nanoTime);
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
            members.others().forEach(this::joined);
            long unusedFlush = vertx.setPeriodic(Sharing.FLUSH.toMillis(), id -> sharing.flush());
            long unusedBeat = vertx.setPeriodic(Sharing.DIGEST.toMillis(), id -> {
                sharing.beat();
                node.peering().links().refill();
            });
        });
    }

    @Override
    public void joined(Member member) {
        context.runOnContext(v -> {
            sharing.joined(member.id());
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
