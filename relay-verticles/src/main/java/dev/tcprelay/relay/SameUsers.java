package dev.tcprelay.relay;

import dev.tcprelay.protocol.wire.NodeId;
import dev.tcprelay.relay.Members.Member;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns once of each node that has other users than this one for longer than a change of the file takes to reach all.
 * On the node's context.
 */
final class SameUsers {
    /** About 10 s. */
    private static final int LOOKS = 5;

    private static final Logger log = LoggerFactory.getLogger(SameUsers.class);

    private final Members members;
    private final Fleet fleet;
    private final Accounts accounts;
    private final Map<NodeId, Integer> differ = new HashMap<>();

    SameUsers(Members members, Fleet fleet, Accounts accounts) {
        this.members = members;
        this.fleet = fleet;
        this.accounts = accounts;
    }

    /** To be called every {@link Sharing#DIGEST}. */
    void look() {
        differ.keySet().removeIf(node -> members.find(node).isEmpty());
        members.others().forEach(this::look);
    }

    private void look(Member member) {
        Fleet.Condition told = fleet.of(member.id());
        if (told == null) {
            return;
        }
        if (told.users().equals(accounts.hash())) {
            Integer before = differ.remove(member.id());
            if (before != null && before >= LOOKS) {
                log.info("node {} ({}) has the users of this one again", member.name(), member.id());
            }
        } else if (differ.merge(member.id(), 1, Integer::sum) == LOOKS) {
            log.warn(
                    "node {} ({}) has other users than this one: who may log in, and what, depends on the node."
                            + " Give all nodes the same users file; relay status shows its hash on each",
                    member.name(),
                    member.id());
        }
    }
}
