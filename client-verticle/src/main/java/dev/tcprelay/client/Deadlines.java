package dev.tcprelay.client;

import java.time.Duration;

/**
 * How long a client waits, and for what.
 *
 * @param answer OPENED on one connection, and message 1 behind it; then another one is tried (docs/protocol.md, M33)
 * @param opened OPENED on whatever connection (M33)
 * @param result RESULT, counted from message 2 (M44)
 * @param outage how long tunnels wait for a lost relay; then they fail at once until it is back
 * @param page one page of the list of servers
 * @param warmLife of a warm leg, below the 5 minutes that the relay gives it
 * @param young a warm leg that ends before this age counts as a failed attempt
 * @param retry before the second attempt on a new connection, doubled for each further one
 * @param negotiation of the proxy port
 * @param frequent in which a server must be used twice for a tunnel to be opened ahead
 * @param aheadLife how long such a tunnel waits for its use, below the 5 minutes that the skeleton gives it (M42)
 */
record Deadlines(
        Duration answer,
        Duration opened,
        Duration result,
        Duration outage,
        Duration page,
        Duration warmLife,
        Duration young,
        Duration retry,
        Duration negotiation,
        Duration frequent,
        Duration aheadLife) {
    static final Deadlines DEFAULT = new Deadlines(
            Duration.ofSeconds(3),
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofSeconds(270),
            Duration.ofSeconds(10),
            Duration.ofMillis(100),
            Duration.ofSeconds(10),
            Duration.ofMinutes(1),
            Duration.ofMinutes(2));
}
