package dev.tcprelay.skeleton;

import dev.tcprelay.channel.Redialling;
import dev.tcprelay.channel.RelayHome;
import dev.tcprelay.channel.Reloadable;
import dev.tcprelay.channel.Settings;
import dev.tcprelay.protocol.files.HostPort;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.files.TargetAddress;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.wire.Mode;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The config of a {@link SkeletonVerticle}.
 *
 * @param relay a name or an address in known_relays; null for the relay of the last login
 * @param home where known_relays, logins, keys and psks are
 * @param user null for the user of the last login at that relay
 * @param keyFile null for the key that the login has kept
 * @param connections to so many nodes of the relay, 1 to 4, as far as it has so many: losing one then loses no server
 * @param servers at least one, no id twice
 */
public record SkeletonOptions(
        @Nullable String relay,
        RelayHome home,
        @Nullable UserName user,
        @Nullable Path keyFile,
        int connections,
        List<Server> servers) {
    private static final int MOST_SERVERS = 1024;
    private static final int MOST_SPARES = 64;
    private static final Duration MOST_CONNECT_TIMEOUT = Duration.ofSeconds(7);
    private static final TargetAddress STAND_IN = new TargetAddress.Tcp(new HostPort("localhost", 1));

    public SkeletonOptions {
        servers = List.copyOf(servers);
    }

    /**
     * A server to be made available.
     *
     * @param id by which clients ask for it
     * @param target where it is
     * @param psk the file with its pre-shared key
     * @param spares legs that wait for its next clients, 0 to 64; without any, each client costs a round trip more
     * @param mode beside other skeletons of the account, or alone
     * @param connectTimeout for the name's lookup and all of its addresses, at most 7 s
     * @param health null: it is offered whether it takes connections or not
     */
    public record Server(
            ServerId id,
            TargetAddress target,
            Path psk,
            int spares,
            Mode mode,
            Duration connectTimeout,
            @Nullable Health health) {
        static Server from(Settings settings, RelayHome home) {
            ServerId id = settings.parse("id", ServerId::of, new ServerId("x"));
            return new Server(
                    id,
                    settings.parse("target", TargetAddress::parse, STAND_IN),
                    settings.path("psk", home.psk(id)),
                    settings.number("spares", 2, 0, MOST_SPARES),
                    settings.choice("mode", Mode.GROUP, Mode.class),
                    settings.duration(
                            "connectTimeout", MOST_CONNECT_TIMEOUT, Duration.ofMillis(1), MOST_CONNECT_TIMEOUT),
                    settings.has("health") ? Health.from(settings.section("health")) : null);
        }
    }

    /**
     * When a server counts as one that works: it is connected to again and again, and no byte is sent.
     *
     * @param interval from one connect to the next, 100 ms to 1 h
     * @param timeout of one connect, at most a minute
     * @param failures in a row after which the id is withdrawn, 1 to 100
     * @param successes in a row after which it is offered again, 1 to 100
     */
    public record Health(Duration interval, Duration timeout, int failures, int successes) {
        private static final int MOST_IN_A_ROW = 100;

        static Health from(Settings settings) {
            return new Health(
                    settings.duration("interval", Duration.ofSeconds(5), Duration.ofMillis(100), Duration.ofHours(1)),
                    settings.duration("timeout", Duration.ofSeconds(2), Duration.ofMillis(1), Duration.ofMinutes(1)),
                    settings.number("failures", 3, 1, MOST_IN_A_ROW),
                    settings.number("successes", 1, 1, MOST_IN_A_ROW));
        }
    }

    /** Reads a verticle's config; problems are collected in the settings. */
    public static SkeletonOptions from(Settings settings) {
        Path home = settings.optionalPath("home");
        RelayHome relayHome = home == null ? RelayHome.of(System.getenv()) : new RelayHome(home);
        List<Server> servers = new ArrayList<>();
        Set<ServerId> ids = new HashSet<>();
        for (Settings each : settings.list("servers")) {
            Server server = Server.from(each, relayHome);
            if (!ids.add(server.id()) && each.has("id")) {
                each.reject("id", "this id stands before; one skeleton serves it once");
            }
            servers.add(server);
        }
        if (servers.isEmpty() || servers.size() > MOST_SERVERS) {
            settings.reject("servers", "1 to " + MOST_SERVERS + " servers are needed");
        }
        return new SkeletonOptions(
                settings.optionalText("relay"),
                relayHome,
                settings.optional("user", UserName::of),
                settings.optionalPath("keyFile"),
                settings.number("connections", 2, 1, Redialling.MOST),
                servers);
    }

    static SkeletonOptions of(JsonObject config) {
        Settings settings = Settings.of(config);
        SkeletonOptions options = from(settings);
        settings.finish();
        return options;
    }

    /** Another config for the same skeleton while it runs: only its servers may differ. */
    SkeletonOptions changed(JsonObject config) {
        Settings settings = Settings.of(config);
        SkeletonOptions next = from(settings);
        Map<String, Boolean> same = new LinkedHashMap<>();
        same.put("relay", Objects.equals(relay, next.relay));
        same.put("home", home.equals(next.home));
        same.put("user", Objects.equals(user, next.user));
        same.put("keyFile", Objects.equals(keyFile, next.keyFile));
        same.put("connections", connections == next.connections);
        same.forEach((key, kept) -> {
            if (!kept) {
                settings.reject(key, Reloadable.FIXED);
            }
        });
        settings.finish();
        return next;
    }
}
