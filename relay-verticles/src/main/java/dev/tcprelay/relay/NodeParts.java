package dev.tcprelay.relay;

import dev.tcprelay.channel.Descriptors;
import dev.tcprelay.channel.PeerDialler;
import dev.tcprelay.protocol.wire.PeerKeys;
import dev.tcprelay.protocol.wire.Tickets;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.security.SecureRandom;

/** Puts a {@link Node} together. */
final class NodeParts {
    private final Context context;
    private final Members members;
    private final Bus bus;
    private final SecureRandom random;

    /** @param context of the node */
    NodeParts(Context context, Members members, Bus bus, SecureRandom random) {
        this.context = context;
        this.members = members;
        this.bus = bus;
        this.random = random;
    }

    Node assemble(RelayOptions options, RelayFiles files) {
        Vertx vertx = context.owner();
        var limits = new CurrentLimits(options.limits());
        var counters = new Counters();
        var events = new EventLog(new VertxClock(vertx));
        var neighbours = new Neighbours(members.self(), bus);
        var workers = vertx.createSharedWorkerExecutor(
                "relay-logins", Runtime.getRuntime().availableProcessors());
        return new Node(
                members.self(),
                files.key(),
                files.nextKey(),
                new Node.Ports(),
                limits,
                new Accounts(),
                new Tickets(files.clusterKeys()),
                new Directory(members.self(), neighbours),
                new Spares(limits),
                new Sessions(limits),
                new WarmLegs(limits),
                new Tunnels(limits, counters, events),
                new Admission(limits),
                new FailedLogins(limits),
                new LoginDesk(workers, limits),
                counters,
                Descriptors.of(context, "relay", "no connection is accepted"),
                peering(files, limits, neighbours),
                events,
                random);
    }

    private Peering peering(RelayFiles files, CurrentLimits limits, Neighbours neighbours) {
        var keys = new PeerKeys(files.clusterKeys());
        var dialler = new PeerDialler(context.owner(), keys, members.self(), random);
        var links = new PeerLinks(context, members, dialler);
        return new Peering(members, keys, links, neighbours, new Fleet(), new Admission(limits));
    }
}
