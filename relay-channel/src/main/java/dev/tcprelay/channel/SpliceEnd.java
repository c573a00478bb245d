package dev.tcprelay.channel;

/**
 * The end of a {@link Splice}.
 *
 * @param aToB bytes that went from a to b, handed to b's queue
 * @param bToA bytes that went from b to a
 * @param outcome why it ended
 */
public record SpliceEnd(long aToB, long bToA, Outcome outcome) {
    /** Why a splice ended. */
    public enum Outcome {
        /** Both directions came to their end. */
        FINISHED,
        /** Side a was reset, timed out or failed; b was reset after everything that a had sent. */
        A_LOST,
        /** Side b was reset, timed out or failed; a was reset after everything that b had sent. */
        B_LOST,
        /** This process cut it: {@link Splice#abort()}. */
        ABORTED
    }
}
