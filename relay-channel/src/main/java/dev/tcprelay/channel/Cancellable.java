package dev.tcprelay.channel;

/** Something that will happen unless it is cancelled. */
@FunctionalInterface
public interface Cancellable {
    /** After this call, made on the thread where it would happen, it does not happen. Harmless afterwards. */
    void cancel();
}
