package dev.tcprelay.relay;

import dev.tcprelay.protocol.files.ServerId;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Where the next leg for a server comes from. */
sealed interface Route {
    /** A spare that waits on this node. */
    record Local(Spare spare) implements Route {}

    /** A session that is to be asked for a new leg (NEED). */
    record Ask(Registration registration) implements Route {}

    /** The routes to one server in the order in which they are tried: spares first, then sessions with few tunnels. */
    final class Plan {
        private final Directory directory;
        private final ServerId server;
        private final Set<Registration> asked = new HashSet<>();

        Plan(Directory directory, ServerId server) {
            this.directory = directory;
            this.server = server;
        }

        /** The next route to try; a session is asked once. Sees registrations and spares that came meanwhile. */
        Optional<Route> next() {
            List<Registration> serving = directory.serving(server);
            for (Registration registration : serving) {
                Spare spare = registration.take();
                if (spare != null) {
                    return Optional.of(new Local(spare));
                }
            }
            return serving.stream().filter(asked::add).<Route>map(Ask::new).findFirst();
        }
    }
}
