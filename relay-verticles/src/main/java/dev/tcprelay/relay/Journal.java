package dev.tcprelay.relay;

import dev.tcprelay.protocol.wire.NodeId;
import dev.tcprelay.relay.NodeMessage.Delta;
import dev.tcprelay.relay.NodeMessage.Digest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * This node's part of the directory as it has told it to the others, in numbered deltas. Used on one context, except
 * {@link #changed}.
 */
final class Journal {
    private final NodeId self;
    private final Function<Offer, Entry> now;
    private final Set<Offer> changed = ConcurrentHashMap.newKeySet();
    private final Map<Offer, Entry> told = new HashMap<>();
    private long seq;
    private long hash;

    /** @param now what there is to tell of an offer at this moment */
    Journal(NodeId self, Function<Offer, Entry> now) {
        this.self = self;
        this.now = now;
    }

    /** There may be something new to tell of that offer. For any thread. */
    void changed(Offer offer) {
        changed.add(offer);
    }

    /** What is new since the last delta, at most as much as a message takes; empty when there is nothing. */
    Optional<Delta> next() {
        var entries = new ArrayList<Entry>();
        Iterator<Offer> offers = changed.iterator();
        while (offers.hasNext() && entries.size() < NodeMessages.MOST_ENTRIES) {
            Offer offer = offers.next();
            offers.remove(); // before it is read: what changes after that is in the set again
            Entry entry = now.apply(offer);
            if (tell(entry)) {
                entries.add(entry);
            }
        }
        return entries.isEmpty() ? Optional.empty() : Optional.of(new Delta(self, ++seq, entries));
    }

    private boolean tell(Entry entry) {
        Entry before = entry.empty() ? told.remove(entry.offer()) : told.put(entry.offer(), entry);
        boolean news = entry.empty() ? before != null : !entry.equals(before);
        hash += (entry.empty() ? 0 : entry.hash()) - (before == null ? 0 : before.hash());
        return news;
    }

    Digest digest(Fleet.Condition condition) {
        return new Digest(self, seq, told.size(), hash, condition);
    }

    /** The number of the last delta. */
    long seq() {
        return seq;
    }

    /** All that has been told up to the last delta, a copy. */
    List<Entry> all() {
        return List.copyOf(told.values());
    }
}
