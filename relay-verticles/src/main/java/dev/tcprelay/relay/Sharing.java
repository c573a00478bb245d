package dev.tcprelay.relay;

import dev.tcprelay.protocol.wire.NodeId;
import dev.tcprelay.relay.NodeMessage.Delta;
import dev.tcprelay.relay.NodeMessage.Digest;
import dev.tcprelay.relay.NodeMessage.Page;
import dev.tcprelay.relay.NodeMessage.Share;
import dev.tcprelay.relay.NodeMessage.Wanted;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Shares the directory with the other nodes: tells what is new here about every 100 ms and a digest every 2 s, keeps a
 * copy of what each of them tells, and asks for all of it when the copy lacks something. A node that has left, or has
 * been silent for 6 s, takes its entries with it. Used on one context.
 */
final class Sharing {
    /** How often what is new is told. */
    static final Duration FLUSH = Duration.ofMillis(100);
    /** How often digests are told and silent nodes looked for. */
    static final Duration DIGEST = Duration.ofSeconds(2);

    private static final long SILENCE_NANOS = Duration.ofSeconds(6).toNanos();
    private static final long PATIENCE_NANOS = Duration.ofSeconds(1).toNanos();

    private final Executor later;
    private final LongSupplier clock;
    private final Members members;
    private final Bus bus;
    private final Directory directory;
    private final Journal journal;
    private final Fleet fleet;
    private final Supplier<Fleet.Condition> condition;
    private final Map<NodeId, Known> known = new HashMap<>();
    private final Set<NodeId> sending = new HashSet<>();

    /** Another node as this one knows it. */
    private static final class Known {
        private final Copy copy;
        private long heardAt;
        private long wantedAt;

        Known(Copy copy, long now) {
            this.copy = copy;
            this.heardAt = now;
            this.wantedAt = now - PATIENCE_NANOS;
        }
    }

    /**
     * @param later runs on the same context what would take it too long at once
     * @param clock nanoseconds, as {@link System#nanoTime}
     */
    Sharing(Part part, Directory directory, Executor later, LongSupplier clock) {
        this.members = part.members();
        this.bus = part.bus();
        this.journal = part.journal();
        this.fleet = part.fleet();
        this.condition = part.condition();
        this.directory = directory;
        this.later = later;
        this.clock = clock;
    }

    /**
     * This node's part: who it is, how it reaches the others, and what it tells them.
     *
     * @param fleet learns how the others are
     * @param condition how this one is
     */
    record Part(Members members, Bus bus, Journal journal, Fleet fleet, Supplier<Fleet.Condition> condition) {}

    /** Tells the others what is new; to be called every {@link #FLUSH}. */
    void flush() {
        Optional<Delta> delta = journal.next();
        delta.ifPresent(this::tellAll);
        if (delta.isPresent() && delta.get().entries().size() == NodeMessages.MOST_ENTRIES) {
            later.execute(this::flush); // the rest, after what else waits for this thread
        }
    }

    /** Tells the others a digest and forgets those that are silent; to be called every {@link #DIGEST}. */
    void beat() {
        announce();
        long now = clock.getAsLong();
        List<NodeId> silent = known.entrySet().stream()
                .filter(node -> now - node.getValue().heardAt > SILENCE_NANOS)
                .map(Map.Entry::getKey)
                .toList();
        silent.forEach(this::left);
    }

    /** Tells the others at once what is new and how this node is. */
    void announce() {
        flush();
        tellAll(journal.digest(condition.get()));
    }

    private void tellAll(Share share) {
        var message = NodeMessages.encode(share);
        members.others().forEach(member -> bus.send(member.id(), message));
    }

    /** A node has joined: it learns at once whether it lacks something. */
    void joined(NodeId node) {
        bus.send(node, NodeMessages.encode(journal.digest(condition.get())));
    }

    /** A node is gone, and with it all that it told. */
    void left(NodeId node) {
        fleet.left(node);
        Known gone = known.remove(node);
        if (gone != null) {
            directory.missing().add(gone.copy.offers());
            gone.copy.forget();
        }
    }

    /** A member of the cluster tells something. */
    void told(Share share) {
        NodeId from = share.from();
        if (share instanceof Wanted) {
            sendAll(from);
            return;
        }
        Known node = known.computeIfAbsent(
                from, id -> new Known(new Copy((offer, entry) -> directory.tell(id, offer, entry)), clock.getAsLong()));
        node.heardAt = clock.getAsLong();
        if (share instanceof Digest digest) {
            fleet.told(from, digest.condition());
        }
        if (share instanceof Delta delta && !node.copy.add(delta)) {
            want(from, node);
        } else if (share instanceof Digest digest && !node.copy.agrees(digest)) {
            want(from, node);
        } else if (share instanceof Page page) {
            node.copy.add(page);
        }
    }

    private void want(NodeId from, Known node) {
        long now = clock.getAsLong();
        if (now - node.wantedAt >= PATIENCE_NANOS) {
            node.wantedAt = now;
            bus.send(from, NodeMessages.encode(new Wanted(members.self())));
        }
    }

    /** Page by page, each after what else waits for this thread; once at a time for each node. */
    private void sendAll(NodeId to) {
        if (sending.add(to)) {
            List<Entry> all = journal.all();
            int pages = Math.max(1, (all.size() + NodeMessages.MOST_ENTRIES - 1) / NodeMessages.MOST_ENTRIES);
            send(to, all, new Page(members.self(), journal.seq(), 0, pages, List.of()));
        }
    }

    private void send(NodeId to, List<Entry> all, Page page) {
        if (page.page() == page.pages()) {
            sending.remove(to);
            return;
        }
        int from = page.page() * NodeMessages.MOST_ENTRIES;
        int end = Math.min(all.size(), from + NodeMessages.MOST_ENTRIES);
        var filled = new Page(page.from(), page.seq(), page.page(), page.pages(), all.subList(from, end));
        bus.send(to, NodeMessages.encode(filled));
        var next = new Page(page.from(), page.seq(), page.page() + 1, page.pages(), List.of());
        later.execute(() -> send(to, all, next));
    }

    /** Entries that other nodes have told. */
    int size() {
        return known.values().stream().mapToInt(node -> node.copy.size()).sum();
    }
}
