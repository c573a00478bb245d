package dev.tcprelay.relay;

import dev.tcprelay.protocol.wire.Mode;
import dev.tcprelay.protocol.wire.NodeId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * That a session on one node serves an offer. Claims to one id are in an order that is the same on all nodes: of two
 * that exclude each other the earlier one stands (docs/protocol.md, M65).
 *
 * @param node where the session is
 * @param stamp one more than any claim to the id that the node knew when it admitted this one
 */
record Claim(Offer offer, NodeId node, Mode mode, long stamp) implements Comparable<Claim> {
    private static final Comparator<Claim> ORDER = Comparator.comparingLong(Claim::stamp)
            .thenComparing(claim -> claim.node().bytes(), Arrays::compareUnsigned)
            .thenComparing(claim -> claim.offer().user().value())
            .thenComparing(claim -> claim.offer().instance().bytes(), Arrays::compareUnsigned);

    @Override
    public int compareTo(Claim other) {
        return ORDER.compare(this, other);
    }

    /** Whether both may stand (M19): the same skeleton, or two of one account that share the id. */
    boolean admits(Claim other) {
        return sameAccount(other) && (sameSkeleton(other) || (mode == Mode.GROUP && other.mode == Mode.GROUP));
    }

    boolean sameAccount(Claim other) {
        return offer.user().equals(other.offer.user());
    }

    private boolean sameSkeleton(Claim other) {
        return offer.instance().equals(other.offer.instance());
    }

    /** Those that stand: in their order, each that all before it admit. */
    static List<Claim> standing(Collection<Claim> claims) {
        var standing = new ArrayList<Claim>();
        claims.stream().sorted().forEach(claim -> {
            if (standing.stream().allMatch(claim::admits)) {
                standing.add(claim);
            }
        });
        return standing;
    }
}
