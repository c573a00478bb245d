package dev.tcprelay.relay;

import dev.tcprelay.protocol.wire.Mode;
import dev.tcprelay.protocol.wire.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of one server id: the registrations on this node, each with its claim, and what other nodes tell.
 * Immutable.
 */
record Listing(List<Own> own, List<Told> told) {
    static final Listing EMPTY = new Listing(List.of(), List.of());

    /** A registration on this node. */
    record Own(Registration registration, Claim claim) {}

    /** What another node tells. */
    record Told(NodeId node, Entry entry) {}

    boolean empty() {
        return own.isEmpty() && told.isEmpty();
    }

    Stream<Claim> claims() {
        return Stream.concat(
                own.stream().map(Own::claim),
                told.stream().map(told -> told.entry().claim()).flatMap(Stream::ofNullable));
    }

    /** What is offered, each skeleton once. */
    List<Offer> offers() {
        return claims().map(Claim::offer).distinct().toList();
    }

    /** The claim of a new registration: later than all that are known. */
    Claim claimOf(Registration registration, NodeId self) {
        long latest = claims().mapToLong(Claim::stamp).max().orElse(0);
        Mode mode = registration.mode();
        return new Claim(registration.offer(), self, mode, latest + 1);
    }

    /** With that registration in the place of an older one of the same offer. */
    Listing with(Registration registration, Claim claim) {
        var next = new ArrayList<Own>();
        own.stream()
                .filter(other -> !other.claim().offer().equals(claim.offer()))
                .forEach(next::add);
        next.add(new Own(registration, claim));
        return new Listing(List.copyOf(next), told);
    }

    Listing without(Registration registration) {
        return new Listing(
                own.stream()
                        .filter(other -> other.registration() != registration)
                        .toList(),
                told);
    }

    /** With that in the place of what the node told of the offer before; null: nothing any more. */
    Listing told(NodeId node, Offer offer, @Nullable Entry entry) {
        var next = new ArrayList<Told>();
        told.stream()
                .filter(other ->
                        !other.node().equals(node) || !other.entry().offer().equals(offer))
                .forEach(next::add);
        if (entry != null && !entry.empty()) {
            next.add(new Told(node, entry));
        }
        return new Listing(own, List.copyOf(next));
    }

    Optional<Own> own(Offer offer) {
        return own.stream()
                .filter(candidate -> candidate.claim().offer().equals(offer))
                .findFirst();
    }

    /** What other nodes tell of an offer. */
    Stream<Told> told(Offer offer) {
        return told.stream().filter(candidate -> candidate.entry().offer().equals(offer));
    }
}
