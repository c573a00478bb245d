package dev.tcprelay.relay;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Things by whom they belong to, the oldest first, and bounded for each. For one thread at a time. */
final class Crowds<K, T> {
    private final Map<K, Set<T>> crowds = new HashMap<>();

    /** Adds one; returns and forgets the oldest of the same owner when there would be more than the limit. */
    @Nullable
    T add(K owner, T thing, int limit) {
        Set<T> crowd = crowds.computeIfAbsent(owner, k -> new LinkedHashSet<>());
        crowd.add(thing);
        if (crowd.size() <= limit) {
            return null;
        }
        Iterator<T> inOrder = crowd.iterator();
        T oldest = inOrder.next();
        inOrder.remove();
        return oldest;
    }

    void remove(K owner, T thing) {
        Set<T> crowd = crowds.get(owner);
        if (crowd != null && crowd.remove(thing) && crowd.isEmpty()) {
            crowds.remove(owner);
        }
    }

    int size(K owner) {
        Set<T> crowd = crowds.get(owner);
        return crowd == null ? 0 : crowd.size();
    }
}
