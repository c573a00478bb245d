package dev.tcprelay.relay;

import dev.tcprelay.channel.Settings;
import dev.tcprelay.relay.RelayOptions.Listener;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a node can be asked how it is.
 *
 * @param socket the Unix domain socket for those who operate it; null where none is named and the path of the standard
 *     one, in the directory, is too long for a socket
 * @param http the port for probes and metrics; null, as without config, for none
 */
record AdminOptions(@Nullable Path socket, @Nullable Listener http) {
    static final String SOCKET = "admin.sock";
    private static final int PORT = 7004;

    static AdminOptions from(Settings settings, Path directory) {
        boolean wanted = settings.has("host") || settings.has("port");
        var listener = new Listener(settings.text("host", "127.0.0.1"), settings.port("port", PORT), 0, 1, List.of());
        Path standard = directory.resolve(SOCKET);
        Path socket = settings.has("socket") || SocketFile.fits(standard) ? settings.path("socket", standard) : null;
        return new AdminOptions(socket, wanted ? listener : null);
    }
}
