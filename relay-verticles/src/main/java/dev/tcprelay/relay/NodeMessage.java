package dev.tcprelay.relay;

import dev.tcprelay.protocol.wire.NodeId;
import dev.tcprelay.protocol.wire.Token;
import java.util.List;

/** What nodes tell and ask each other on the bus. {@link NodeMessages} knows their form. */
sealed interface NodeMessage {
    /** The sender, as it says. */
    NodeId from();

    /** What a node tells the others of its part of the directory. */
    sealed interface Share extends NodeMessage {}

    /** What a node asks another to do; the answer is yes or no. */
    sealed interface Request extends NodeMessage {
        Offer offer();
    }

    /**
     * Changes since the last delta.
     *
     * @param seq the number of this delta, 1 for a node's first
     * @param entries as they are now; an empty one is gone
     */
    record Delta(NodeId from, long seq, List<Entry> entries) implements Share {}

    /**
     * All that the sender has told so far, in short, and how it is.
     *
     * @param seq of its last delta
     * @param count of entries
     * @param hash the sum of their hashes
     */
    record Digest(NodeId from, long seq, int count, long hash, Fleet.Condition condition) implements Share {}

    /** The sender lacks something and wants all of it. */
    record Wanted(NodeId from) implements Share {}

    /**
     * A part of all that the sender has told up to a delta.
     *
     * @param seq of that delta
     * @param page from 0
     * @param pages how many belong together
     */
    record Page(NodeId from, long seq, int page, int pages, List<Entry> entries) implements Share {}

    /** Carry a spare of that offer to the sender, for whoever awaits the token there. */
    record Take(NodeId from, Offer offer, Token token) implements Request {}

    /** Ask the session of that offer for a leg, which is awaited at the sender. */
    record Need(NodeId from, Offer offer, Token token) implements Request {}

    /** Does the session of that offer still answer? */
    record Ping(NodeId from, Offer offer) implements Request {}
}
