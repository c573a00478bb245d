package dev.tcprelay.relay;

import dev.tcprelay.relay.NodeMessage.Delta;
import dev.tcprelay.relay.NodeMessage.Digest;
import dev.tcprelay.relay.NodeMessage.Page;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What another node has told of its part of the directory. Deltas that are lost, come twice or in another order are
 * noticed by their number, and everything else by the digest; then all of it is wanted. Used on one context.
 */
final class Copy {
    /** Of one node; what goes beyond is not taken. */
    static final int MOST_ENTRIES = 1 << 17;

    private static final int MOST_EARLY = 64;

    private final BiConsumer<Offer, @Nullable Entry> listener;
    private final NavigableMap<Long, Delta> early = new TreeMap<>();
    private Map<Offer, Entry> entries = new HashMap<>();
    private long seq;
    private long hash;
    private @Nullable Collected collected;

    /** Pages that belong together, of which some are still missing. */
    private static final class Collected {
        private final long seq;
        private final List<@Nullable Page> pages;
        private int missing;

        Collected(Page first) {
            seq = first.seq();
            missing = first.pages();
            pages = new ArrayList<>(java.util.Collections.nCopies(first.pages(), null));
        }

        boolean add(Page page) {
            if (pages.get(page.page()) == null) {
                pages.set(page.page(), page);
                missing--;
            }
            return missing == 0;
        }
    }

    /** @param listener is told of every entry that changes; null: it is gone */
    Copy(BiConsumer<Offer, @Nullable Entry> listener) {
        this.listener = listener;
    }

    /** Takes a delta; false when one before it is missing. */
    boolean add(Delta delta) {
        if (delta.seq() > seq && early.size() < MOST_EARLY) {
            early.put(delta.seq(), delta);
        }
        catchUp();
        return early.isEmpty();
    }

    private void catchUp() {
        early.headMap(seq, true).clear();
        for (Delta next = early.remove(seq + 1); next != null; next = early.remove(seq + 1)) {
            seq++;
            next.entries().forEach(this::put);
        }
    }

    private void put(Entry entry) {
        Offer offer = entry.offer();
        if (!entry.empty() && entries.size() >= MOST_ENTRIES && !entries.containsKey(offer)) {
            return;
        }
        Entry before = entry.empty() ? entries.remove(offer) : entries.put(offer, entry);
        hash += (entry.empty() ? 0 : entry.hash()) - (before == null ? 0 : before.hash());
        if (entry.empty() ? before != null : !entry.equals(before)) {
            listener.accept(offer, entry.empty() ? null : entry);
        }
    }

    /** Whether this is what the node has told, as far as an older digest can say. */
    boolean agrees(Digest digest) {
        return digest.seq() < seq || (digest.seq() == seq && digest.count() == entries.size() && digest.hash() == hash);
    }

    /** Takes a page; when all are there they replace what was known. An older one than that is left out. */
    void add(Page page) {
        if (page.seq() < seq) {
            return;
        }
        Collected now = collected;
        if (now == null || now.seq != page.seq() || now.pages.size() != page.pages()) {
            now = new Collected(page);
            collected = now;
        }
        if (now.add(page)) {
            collected = null;
            replace(now);
        }
    }

    private void replace(Collected whole) {
        Map<Offer, Entry> gone = new HashMap<>(entries);
        for (Page page : whole.pages) {
            if (page != null) {
                page.entries().forEach(entry -> gone.remove(entry.offer()));
            }
        }
        gone.keySet().forEach(offer -> put(new Entry(offer, null, 0, 0)));
        for (Page page : whole.pages) {
            if (page != null) {
                page.entries().forEach(this::put);
            }
        }
        seq = whole.seq;
        catchUp();
    }

    /** What the node offers. */
    Set<Offer> offers() {
        return entries.keySet();
    }

    /** The node has left or is silent: nothing of what it told holds any longer. */
    void forget() {
        Map<Offer, Entry> gone = entries;
        entries = new HashMap<>();
        gone.keySet().forEach(offer -> listener.accept(offer, null));
    }

    int size() {
        return entries.size();
    }
}
