package dev.tcprelay.relay;

import dev.tcprelay.channel.ControlConnection.Keepalive;
import dev.tcprelay.channel.Settings;
import java.time.Duration;

/**
 * The limits of a node (docs/protocol.md, section 11). Each guards against one abuse; the defaults are those of the
 * protocol.
 *
 * @param unauthenticated connections that have not authenticated yet; beyond it the oldest is closed
 * @param unauthenticatedPerSource the same, from one source address; beyond it the new one is closed
 * @param authentication time that a connection has for it, in all
 * @param failedLogins failed logins that one source may have at once
 * @param failedLoginsPerSecond how many of them are forgiven each second
 * @param waitingLogins logins that wait for a worker; beyond it they are closed without a byte
 * @param sparesPerServer spares that one skeleton may park for one id
 * @param spareLife how long a spare may wait
 * @param unlistedSpareLife how long a spare is kept while no node lists its id for its skeleton
 * @param warmLife how long a client's leg may wait for OPEN
 * @param openDeadline how long an OPEN may wait for a skeleton
 * @param http connections to the public HTTP port; beyond it the new one is closed
 * @param sessionsPerUser sessions of one user at once, of clients and skeletons
 * @param warmLegsPerSession legs of one client session that wait for OPEN; beyond it the oldest is closed
 * @param warmLegsPerUser the same, of all sessions of one user
 * @param tunnelsPerUser tunnels of one user at once
 * @param idsPerSession ids that one session may register
 * @param ticketLife lifetime of a ticket, at most an hour, which its key lasts; it is renewed at half of it
 * @param keepalive of control connections
 */
public record Limits(
        int unauthenticated,
        int unauthenticatedPerSource,
        Duration authentication,
        int failedLogins,
        int failedLoginsPerSecond,
        int waitingLogins,
        int sparesPerServer,
        Duration spareLife,
        Duration unlistedSpareLife,
        Duration warmLife,
        Duration openDeadline,
        int http,
        int sessionsPerUser,
        int warmLegsPerSession,
        int warmLegsPerUser,
        int tunnelsPerUser,
        int idsPerSession,
        Duration ticketLife,
        Keepalive keepalive) {

    static Limits from(Settings settings) {
        return new Limits(
                settings.number("unauthenticated", 1024, 1, 1_000_000),
                settings.number("unauthenticatedPerSource", 256, 1, 1_000_000),
                settings.duration("authentication", Duration.ofSeconds(10)),
                settings.number("failedLogins", 20, 1, 1_000_000),
                settings.number("failedLoginsPerSecond", 5, 1, 1_000_000),
                settings.number("waitingLogins", 64, 1, 100_000),
                settings.number("sparesPerServer", 64, 1, 100_000),
                settings.duration("spareLife", Duration.ofMinutes(10)),
                settings.duration("unlistedSpareLife", Duration.ofSeconds(10)),
                settings.duration("warmLife", Duration.ofMinutes(5)),
                settings.duration("openDeadline", Duration.ofSeconds(10)),
                settings.number("http", 256, 1, 1_000_000),
                settings.number("sessionsPerUser", 1024, 1, 1_000_000),
                settings.number("warmLegsPerSession", 128, 1, 1_000_000),
                settings.number("warmLegsPerUser", 2048, 1, 1_000_000),
                settings.number("tunnelsPerUser", 16_384, 1, 10_000_000),
                settings.number("idsPerSession", 1024, 1, 1_000_000),
                settings.duration("ticketLife", Duration.ofMinutes(30), Duration.ofSeconds(2), Duration.ofHours(1)),
                new Keepalive(
                        settings.duration("pingInterval", Keepalive.DEFAULT.interval()),
                        settings.duration("silence", Keepalive.DEFAULT.deadline())));
    }
}
