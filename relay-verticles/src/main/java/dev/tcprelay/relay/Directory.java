package dev.tcprelay.relay;

import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.wire.Instance;
import dev.tcprelay.protocol.wire.Mode;
import dev.tcprelay.protocol.wire.Status;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The set of available servers: which sessions of skeletons serve which id. Thread-safe; the lists are immutable and
 * replaced as a whole, so readers never wait. See docs/protocol.md, M18 to M20.
 */
final class Directory {
    private final NavigableMap<ServerId, List<Registration>> servers = new ConcurrentSkipListMap<>();

    /**
     * Adds a session's claim to an id. The future never fails and completes with {@code AVAILABLE} or {@code IN_USE};
     * it waits only where an {@code exclusive} collision makes the holder answer a ping.
     */
    Future<Status> register(Registration claim) {
        var refusal = new Refusal();
        servers.compute(claim.id(), (id, holders) -> admit(holders == null ? List.of() : holders, claim, refusal));
        if (refusal.contested.isEmpty()) {
            return Future.succeededFuture(refusal.otherAccount ? Status.IN_USE : Status.AVAILABLE);
        }
        return evictDead(refusal.contested)
                .compose(evicted -> evicted ? register(claim) : Future.succeededFuture(Status.IN_USE));
    }

    /** Why a claim was not admitted; filled inside {@code compute}. */
    private static final class Refusal {
        private boolean otherAccount;
        private List<Registration> contested = List.of();
    }

    private static List<Registration> admit(List<Registration> holders, Registration claim, Refusal refusal) {
        refusal.otherAccount = false;
        refusal.contested = List.of();
        var others = new ArrayList<Registration>();
        for (Registration holder : holders) {
            if (!holder.sameAccount(claim)) {
                refusal.otherAccount = true;
                return holders;
            }
            if (!holder.sameInstance(claim)) {
                others.add(holder);
            }
        }
        boolean exclusive = claim.mode() == Mode.EXCLUSIVE || others.stream().anyMatch(r -> r.mode() == Mode.EXCLUSIVE);
        if (exclusive && !others.isEmpty()) {
            refusal.contested = List.copyOf(others);
            return holders;
        }
        others.add(claim);
        return List.copyOf(others);
    }

    /** Pings the holders; true when none of them answered, in which case they are gone from the directory. */
    private Future<Boolean> evictDead(List<Registration> holders) {
        List<Future<Boolean>> answers = new ArrayList<>();
        holders.forEach(holder -> answers.add(holder.session().answersPing()));
        return Future.all(answers).map(all -> {
            if (all.<Boolean>list().contains(true)) {
                return false;
            }
            holders.forEach(holder -> holder.session().evict());
            holders.forEach(this::remove);
            return true;
        });
    }

    /** Takes a claim back; its spares are closed by the caller. True if it was in the directory. */
    boolean remove(Registration claim) {
        boolean[] removed = {false};
        servers.computeIfPresent(claim.id(), (id, holders) -> {
            var left = new ArrayList<>(holders);
            removed[0] = left.remove(claim);
            return left.isEmpty() ? null : List.copyOf(left);
        });
        return removed[0];
    }

    /** The claims to an id, those with the fewest tunnels first, at random among equals; empty when there is none. */
    List<Registration> serving(ServerId id) {
        List<Registration> holders = servers.getOrDefault(id, List.of());
        if (holders.size() < 2) {
            return holders;
        }
        var mixed = new ArrayList<>(holders);
        Collections.shuffle(mixed);
        return mixed.stream()
                .map(holder -> new Loaded(holder, holder.tunnels()))
                .sorted(Comparator.comparingInt(Loaded::tunnels))
                .map(Loaded::registration)
                .toList();
    }

    /** A claim with its load as of one moment, since sorting by what changes meanwhile fails. */
    private record Loaded(Registration registration, int tunnels) {}

    /** The claim that this instance of this user has to the id (M37). */
    Optional<Registration> find(ServerId id, UserName user, Instance instance) {
        return servers.getOrDefault(id, List.of()).stream()
                .filter(holder -> holder.session().user().equals(user)
                        && holder.session().instance().equals(instance))
                .findFirst();
    }

    /** An available id and the number of sessions that serve it. */
    record Entry(ServerId id, int skeletons) {}

    /** The available ids in order, beginning after {@code after} (null: from the start). */
    Stream<Entry> after(@Nullable ServerId after) {
        var from = after == null ? servers : servers.tailMap(after, false);
        return from.entrySet().stream()
                .map(entry -> new Entry(entry.getKey(), entry.getValue().size()));
    }

    /** The claims to each available id, at least one, in the order of the ids. */
    Stream<List<Registration>> claims() {
        return servers.values().stream();
    }

    /** Number of available ids. */
    int size() {
        return servers.size();
    }
}
