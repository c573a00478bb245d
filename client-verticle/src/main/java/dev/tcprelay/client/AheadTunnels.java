package dev.tcprelay.client;

import dev.tcprelay.channel.EndToEnd;
import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.NodeId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tunnels that are opened ahead of need, so that the next connection to a server in frequent use sends message 2 and
 * its bytes at once (docs/protocol.md, M75): one less than the server was used in the last minute, up to a number. At
 * that rate each is used within a minute; one that has waited for two is closed. On the client's event loop.
 */
final class AheadTunnels {
    private static final Logger log = LoggerFactory.getLogger(AheadTunnels.class);

    /** To all servers together: a small share of what a relay grants a user. */
    private static final int MOST = 32;

    private final ClientParts parts;
    private final int mostEach;
    private final Map<ServerId, Server> servers = new HashMap<>();
    /** Nodes that stop, while there is a session with them. */
    private final Set<NodeId> left = new HashSet<>();

    private boolean filling;
    /** All that wait or are being opened. */
    private int all;

    /** @param mostEach to one server; 0 for none */
    AheadTunnels(ClientParts parts, int mostEach) {
        this.parts = parts;
        this.mostEach = mostEach;
    }

    /** There is a session. */
    void fill() {
        filling = true;
    }

    /** There is none: the legs may be dead, and nobody knows it yet. */
    void hold() {
        filling = false;
        servers.values().forEach(server -> server.close(tunnel -> true));
    }

    /** That node stops: it is not to wait for tunnels that nobody uses. */
    void leave(NodeId node) {
        left.add(node);
        servers.values().forEach(server -> server.close(tunnel -> tunnel.node().equals(node)));
    }

    /** The session with that node has ended; a new one may come. */
    void lost(NodeId node) {
        leave(node);
        left.remove(node);
    }

    /** A tunnel that waits, to be answered at once; null if there is none that these psks would open. */
    EndToEnd.@Nullable Begun take(ServerId id, List<Psk> psks) {
        Server server = servers.get(id);
        return server == null ? null : server.take(psks);
    }

    /** How many wait for their use. */
    int waiting() {
        return servers.values().stream()
                .mapToInt(server -> server.waiting.size())
                .sum();
    }

    /** A tunnel to the server has got its message 2. */
    void used(ServerId id, List<Psk> psks) {
        if (mostEach > 0) {
            servers.values().removeIf(Server::forgotten);
            servers.computeIfAbsent(id, Server::new).used(psks);
        }
    }

    /** What there is of one server. */
    private final class Server {
        private final ServerId id;
        private final Deque<Long> uses = new ArrayDeque<>();
        private final Deque<AheadTunnel> waiting = new ArrayDeque<>();
        private List<Psk> psks = List.of();
        private int opening;

        Server(ServerId id) {
            this.id = id;
        }

        private int wanted() {
            long oldest = System.nanoTime() - parts.deadlines().frequent().toNanos();
            uses.removeIf(use -> use - oldest < 0);
            return Math.min(mostEach, uses.size() - 1);
        }

        boolean forgotten() {
            return wanted() < 0 && waiting.isEmpty() && opening == 0;
        }

        EndToEnd.@Nullable Begun take(List<Psk> usable) {
            psksAre(usable);
            AheadTunnel oldest = waiting.poll();
            if (oldest == null) {
                return null;
            }
            all--;
            return oldest.take();
        }

        /** What another psk has opened is of no use any more. */
        private void psksAre(List<Psk> now) {
            if (!now.equals(psks)) {
                psks = now;
                close(tunnel -> true);
            }
        }

        void used(List<Psk> by) {
            psksAre(by);
            uses.add(System.nanoTime());
            if (uses.size() > mostEach + 1) {
                uses.remove();
            }
            refill();
        }

        private void refill() {
            while (filling && all < MOST && waiting.size() + opening < wanted()) {
                all++;
                opening++;
                List<Psk> by = psks;
                new Attempts(parts, id, by, true)
                        .begin()
                        .future()
                        .onComplete(reached -> reached(reached, by), this::failed);
            }
        }

        private void reached(Attempts.Reached reached, List<Psk> by) {
            opening--;
            Duration life = parts.deadlines().aheadLife();
            var tunnel = new AheadTunnel(reached, life, this::lost, old -> close(old::equals));
            waiting.add(tunnel);
            if (!filling || left.contains(tunnel.node()) || !by.equals(psks)) {
                close(tunnel::equals);
            }
        }

        /** The next use tries again. */
        private void failed(Throwable e) {
            opening--;
            all--;
            log.debug("no tunnel ahead to {}: {}", id, e.getMessage());
        }

        /** It is replaced, but not again and again: after one that did not last the next use tries again. */
        private void lost(AheadTunnel tunnel) {
            waiting.remove(tunnel);
            all--;
            if (tunnel.age().compareTo(parts.deadlines().young()) >= 0) {
                refill();
            }
        }

        void close(Predicate<AheadTunnel> which) {
            List<AheadTunnel> closing = waiting.stream().filter(which).toList();
            waiting.removeAll(closing);
            all -= closing.size();
            closing.forEach(AheadTunnel::close);
        }
    }
}
