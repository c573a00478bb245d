package dev.tcprelay.client;

import dev.tcprelay.channel.RelayHome;
import dev.tcprelay.channel.Reloadable;
import dev.tcprelay.channel.Settings;
import dev.tcprelay.protocol.files.HostPort;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.files.UserName;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The config of a {@link ClientVerticle}.
 *
 * @param relay a name or address of known_relays; null for that of the last login
 * @param home where logins, pinned relays and psks are
 * @param user null for the user of the login
 * @param keyFile null for the key file of the login
 * @param warmLegs connections that are kept ready, 0 to 64
 * @param ahead tunnels that are kept open ahead to each server in frequent use, 0 to 8
 * @param socks the proxy port; null for none
 * @param forwards local ports that lead to one server each
 */
public record ClientOptions(
        @Nullable String relay,
        RelayHome home,
        @Nullable UserName user,
        @Nullable Path keyFile,
        int warmLegs,
        int ahead,
        @Nullable Socks socks,
        List<Forward> forwards) {
    private static final String LOOPBACK = "127.0.0.1";
    private static final Pattern LOOPBACK_HOST = Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|::1");

    public ClientOptions {
        forwards = List.copyOf(forwards);
    }

    /**
     * The proxy port.
     *
     * @param user what applications must present, with the password in the file; null for nothing
     */
    public record Socks(
            HostPort listen,
            @Nullable String user,
            @Nullable Path passwordFile) {
        static Socks from(Settings settings) {
            HostPort host = settings.optional("host", text -> HostPort.parse(bracketed(text) + ":0"));
            HostPort listen = new HostPort(host == null ? LOOPBACK : host.host(), settings.port("port", 1080));
            String user = settings.optionalText("user");
            Path passwordFile = settings.optionalPath("passwordFile");
            if ((user == null) != (passwordFile == null)) {
                settings.reject(user == null ? "passwordFile" : "user", "user and passwordFile go together");
            } else if (user == null && !LOOPBACK_HOST.matcher(listen.host()).matches()) {
                settings.reject(
                        "host",
                        "others than this machine's programs could use your tunnels: set user and passwordFile,"
                                + " or listen on 127.0.0.1");
            }
            return new Socks(listen, user, passwordFile);
        }

        private static String bracketed(String host) {
            return host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
        }
    }

    /** A local port that leads to one server. */
    public record Forward(HostPort listen, ServerId server) {
        static Forward from(Settings settings) {
            return new Forward(
                    settings.addressOrPort("listen", LOOPBACK),
                    settings.parse("server", ServerId::of, new ServerId("none")));
        }
    }

    /** Reads a verticle's config; problems are collected in the settings. */
    public static ClientOptions from(Settings settings) {
        Path home = settings.optionalPath("home");
        // Asked for whether it is there or not, so that a misspelt one is recognized.
        Settings section = settings.section("socks");
        Socks socks = settings.has("socks") ? Socks.from(section) : null;
        return new ClientOptions(
                settings.optionalText("relay"),
                home == null ? RelayHome.of(System.getenv()) : new RelayHome(home),
                settings.optional("user", UserName::of),
                settings.optionalPath("keyFile"),
                settings.number("warmLegs", 2, 0, RelayClientOptions.MOST_WARM_LEGS),
                settings.number("ahead", 2, 0, RelayClientOptions.MOST_AHEAD),
                socks,
                forwards(settings, socks));
    }

    /** Vert.x would share one port among several of its servers, and lead to a server by turns. */
    private static List<Forward> forwards(Settings settings, @Nullable Socks socks) {
        Set<HostPort> taken = new HashSet<>();
        if (socks != null) {
            taken.add(socks.listen());
        }
        List<Forward> forwards = new ArrayList<>();
        for (Settings each : settings.list("forwards")) {
            Forward forward = Forward.from(each);
            if (forward.listen().port() != 0 && !taken.add(forward.listen()) && each.has("listen")) {
                each.reject("listen", "this address stands before; a port leads to one place");
            }
            forwards.add(forward);
        }
        return forwards;
    }

    static ClientOptions of(JsonObject config) {
        Settings settings = Settings.of(config);
        ClientOptions options = from(settings);
        settings.finish();
        return options;
    }

    /** Those of a config that comes in the place of this one while the client runs: only the ports may be others. */
    ClientOptions changed(JsonObject config) {
        Settings settings = Settings.of(config);
        ClientOptions next = from(settings);
        fixed(settings, "relay", relay, next.relay);
        fixed(settings, "home", home, next.home);
        fixed(settings, "user", user, next.user);
        fixed(settings, "keyFile", keyFile, next.keyFile);
        fixed(settings, "warmLegs", warmLegs, next.warmLegs);
        fixed(settings, "ahead", ahead, next.ahead);
        settings.finish();
        return next;
    }

    private static void fixed(Settings settings, String key, @Nullable Object before, @Nullable Object now) {
        if (!Objects.equals(before, now)) {
            settings.reject(key, Reloadable.FIXED);
        }
    }
}
