package dev.tcprelay.channel;

/** Something that will happen unless it is cancelled. */
@FunctionalInterface
public interface Cancellable {
    /** After this call it does not happen. Without effect when it has happened. On the thread on which it would happen. */
    void cancel();
}
