package dev.tcprelay.client;

import dev.tcprelay.channel.RelayHome;
import dev.tcprelay.channel.Settings;
import dev.tcprelay.protocol.files.HostPort;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.files.UserName;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
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
 * @param socks the proxy port; null for none
 * @param forwards local ports that lead to one server each
 */
public record ClientOptions(
        @Nullable String relay,
        RelayHome home,
        @Nullable UserName user,
        @Nullable Path keyFile,
        int warmLegs,
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
        Settings socks = settings.section("socks");
        return new ClientOptions(
                settings.optionalText("relay"),
                home == null ? RelayHome.of(System.getenv()) : new RelayHome(home),
                settings.optional("user", UserName::of),
                settings.optionalPath("keyFile"),
                settings.number("warmLegs", 2, 0, RelayClientOptions.MOST_WARM_LEGS),
                settings.has("socks") ? Socks.from(socks) : null,
                settings.list("forwards").stream().map(Forward::from).toList());
    }

    static ClientOptions of(JsonObject config) {
        Settings settings = Settings.of(config);
        ClientOptions options = from(settings);
        settings.finish();
        return options;
    }
}
