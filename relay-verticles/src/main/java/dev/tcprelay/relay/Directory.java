package dev.tcprelay.relay;

import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.NodeId;
import dev.tcprelay.protocol.wire.Status;
import dev.tcprelay.relay.Listing.Own;
import dev.tcprelay.relay.Listing.Told;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The set of available servers: which skeletons serve which id, on which nodes. This node alone decides on the sessions
 * that it has; what other nodes tell of theirs is kept beside it. Thread-safe; the listings are immutable and replaced
 * as a whole, so readers never wait. See docs/protocol.md, M18 to M20 and M64 to M66.
 */
final class Directory {
    private final NodeId self;
    private final Holders holders;
    private final NavigableMap<ServerId, Listing> servers = new ConcurrentSkipListMap<>();
    private final List<Consumer<Offer>> listeners = new CopyOnWriteArrayList<>();
    private final Missing missing = new Missing(System::nanoTime);

    /** Asks another node whether a session of its own still answers. */
    @FunctionalInterface
    interface Holders {
        /**
         * False only when that node says that the session is gone, which it has ended then. Never fails: who cannot be
         * asked keeps what it has.
         */
        Future<Boolean> answers(Claim claim);
    }

    Directory(NodeId self, Holders holders) {
        this.self = self;
        this.holders = holders;
    }

    /** Is told of every offer whose claim on this node has changed, on any thread. */
    void listen(Consumer<Offer> listener) {
        listeners.add(listener);
    }

    private void changed(Offer offer) {
        listeners.forEach(listener -> listener.accept(offer));
    }

    /**
     * Adds a session's claim to an id. The future never fails and completes with {@code AVAILABLE} or {@code IN_USE};
     * it waits only where an {@code exclusive} collision makes the holder answer a ping.
     */
    Future<Status> register(Registration registration) {
        var decision = new Decision(registration);
        servers.compute(registration.offer().server(), (id, listing) -> decision.on(listing));
        if (decision.otherAccount) {
            return Future.succeededFuture(Status.IN_USE);
        } else if (decision.contested.isEmpty()) {
            changed(registration.offer());
            return Future.succeededFuture(Status.AVAILABLE);
        }
        return evictDead(decision.contested)
                .compose(evicted -> evicted ? register(registration) : Future.succeededFuture(Status.IN_USE));
    }

    /** Whether a claim is admitted, and if not, why; taken inside {@code compute}. */
    private final class Decision {
        private final Registration registration;
        private boolean otherAccount;
        private List<Claim> contested = List.of();

        Decision(Registration registration) {
            this.registration = registration;
        }

        @Nullable
        Listing on(@Nullable Listing known) {
            Listing listing = known == null ? Listing.EMPTY : known;
            Claim claim = listing.claimOf(registration, self);
            List<Claim> against =
                    listing.claims().filter(other -> !other.admits(claim)).toList();
            otherAccount = against.stream().anyMatch(other -> !other.sameAccount(claim));
            contested = otherAccount ? List.of() : against;
            return against.isEmpty() ? listing.with(registration, claim) : known;
        }
    }

    /** Pings the holders; true when none of them answered, in which case they are gone from the directory. */
    private Future<Boolean> evictDead(List<Claim> contested) {
        List<Future<Boolean>> answers = new ArrayList<>();
        contested.forEach(claim -> answers.add(answers(claim)));
        return Future.all(answers).map(all -> {
            if (all.<Boolean>list().contains(true)) {
                return false;
            }
            contested.forEach(this::evict);
            return true;
        });
    }

    private Future<Boolean> answers(Claim claim) {
        if (!claim.node().equals(self)) {
            return holders.answers(claim);
        }
        return registration(claim.offer())
                .map(holder -> holder.session().answersPing())
                .orElse(Future.succeededFuture(false));
    }

    private void evict(Claim claim) {
        if (claim.node().equals(self)) {
            registration(claim.offer()).ifPresent(this::evict);
        } else {
            Listing listing = servers.getOrDefault(claim.offer().server(), Listing.EMPTY);
            listing.told(claim.offer())
                    .filter(told -> claim.equals(told.entry().claim()))
                    .forEach(told ->
                            tell(told.node(), claim.offer(), told.entry().unclaimed()));
        }
    }

    /** Ends the session of a registration that did not answer, and removes it. */
    void evict(Registration holder) {
        holder.session().evict();
        boolean unused = remove(holder);
    }

    /** Takes a registration back. True if it was in the directory. */
    boolean remove(Registration registration) {
        Offer offer = registration.offer();
        boolean[] removed = {false};
        servers.computeIfPresent(offer.server(), (id, listing) -> {
            Listing left = listing.without(registration);
            removed[0] = left.own().size() < listing.own().size();
            return left.empty() ? null : left;
        });
        if (removed[0]) {
            changed(offer);
            displace(offer.server());
        }
        return removed[0];
    }

    /** Another node tells of an offer; null: nothing any more. */
    void tell(NodeId node, Offer offer, @Nullable Entry entry) {
        servers.compute(offer.server(), (id, known) -> {
            Listing listing = (known == null ? Listing.EMPTY : known).told(node, offer, entry);
            return listing.empty() ? null : listing;
        });
        displace(offer.server());
    }

    /** Servers that were lost with their nodes a moment ago. */
    Missing missing() {
        return missing;
    }

    /**
     * Withdraws the registrations on this node that an earlier claim on another one excludes. What it comes to depends
     * on all claims, so it is asked after each change, also when one has gone.
     */
    private void displace(ServerId server) {
        for (Own own : displaced(listing(server))) {
            List<Claim> others = listing(server).claims().sorted().toList();
            if (remove(own.registration())) {
                others.stream()
                        .filter(claim -> !claim.admits(own.claim()))
                        .findFirst()
                        .ifPresent(by -> own.registration().session().displaced(own.registration(), by));
            }
        }
    }

    private static List<Own> displaced(Listing listing) {
        if (listing.own().isEmpty() || listing.told().isEmpty()) {
            return List.of();
        }
        List<Claim> standing = Claim.standing(listing.claims().toList());
        return listing.own().stream()
                .filter(own -> !standing.contains(own.claim()))
                .toList();
    }

    private Listing listing(ServerId server) {
        return servers.getOrDefault(server, Listing.EMPTY);
    }

    /** The skeletons that serve an id, on whatever nodes; empty when the id is not available. */
    List<Offer> offers(ServerId id) {
        return listing(id).offers();
    }

    /** Whether any node has a session for that offer (M37). */
    boolean lists(Offer offer) {
        return listing(offer.server()).claims().anyMatch(claim -> claim.offer().equals(offer));
    }

    /** The registration of that offer on this node. */
    Optional<Registration> registration(Offer offer) {
        return listing(offer.server()).own(offer).map(Own::registration);
    }

    /** The claim to that offer on this node. */
    Optional<Claim> claim(Offer offer) {
        return listing(offer.server()).own(offer).map(Own::claim);
    }

    /** What other nodes tell of an offer. */
    List<Told> elsewhere(Offer offer) {
        return listing(offer.server()).told(offer).toList();
    }

    /** An available id and the number of skeletons that serve it. */
    record Available(ServerId id, int skeletons) {}

    /** The available ids in order, beginning after {@code after} (null: from the start). */
    Stream<Available> after(@Nullable ServerId after) {
        var from = after == null ? servers : servers.tailMap(after, false);
        return from.entrySet().stream()
                .map(entry ->
                        new Available(entry.getKey(), entry.getValue().offers().size()))
                .filter(available -> available.skeletons() > 0);
    }

    /** How many ids are served by sessions on each node. */
    Map<NodeId, Integer> idsByNode() {
        var counts = new HashMap<NodeId, Integer>();
        servers.values()
                .forEach(listing ->
                        listing.claims().map(Claim::node).distinct().forEach(at -> counts.merge(at, 1, Integer::sum)));
        return counts;
    }

    /** Number of available ids. */
    int size() {
        return Math.toIntExact(after(null).count());
    }
}
