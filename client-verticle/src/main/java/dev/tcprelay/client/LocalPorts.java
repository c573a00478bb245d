package dev.tcprelay.client;

import dev.tcprelay.channel.Descriptors;
import dev.tcprelay.channel.Leg;
import dev.tcprelay.protocol.files.HostPort;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ports of a client for the applications of this machine. They change while it runs: what is added listens, what is
 * taken away does not listen any more, and no connection ends for it. On the client's event loop.
 */
final class LocalPorts {
    private static final Logger log = LoggerFactory.getLogger(LocalPorts.class);

    private final Vertx vertx;
    private final Descriptors descriptors;
    private final Set<LocalPort> retired = new HashSet<>();
    private List<Open> open = List.of();

    LocalPorts(Vertx vertx, Descriptors descriptors) {
        this.vertx = vertx;
        this.descriptors = descriptors;
    }

    /**
     * A port that there is to be.
     *
     * @param purpose for the log
     * @param accepting takes each application that connects
     */
    record Wanted(String purpose, HostPort listen, Consumer<Leg> accepting) {
        private boolean isAt(Wanted other) {
            // The system chooses another port 0 each time: that one is told by what it is for.
            return listen.equals(other.listen) && (listen.port() != 0 || purpose.equals(other.purpose));
        }
    }

    /** A port that listens, under this number. */
    private record Open(Wanted wanted, LocalPort port, int number) {}

    /**
     * Makes these the ports that there are. When one cannot listen it fails, and all remain as they were. Not to be
     * called again before it has completed.
     */
    Future<Void> become(List<Wanted> all) {
        List<Open> left = new ArrayList<>(open);
        List<Open> next = new ArrayList<>();
        List<LocalPort> fresh = new ArrayList<>();
        Future<?> listening = Future.succeededFuture();
        for (Wanted wanted : all) {
            Open same = take(left, wanted);
            if (same != null) {
                listening = listening.onSuccess(v -> next.add(new Open(wanted, same.port, same.number)));
            } else {
                var port = new LocalPort(vertx, descriptors, wanted.accepting);
                fresh.add(port);
                listening = listening
                        .compose(v -> port.listen(wanted.listen))
                        .onSuccess(number -> next.add(new Open(wanted, port, number)));
            }
        }
        return listening.transform(listened -> listened.succeeded()
                ? change(next, left)
                : Future.join(fresh.stream().map(LocalPort::close).toList())
                        .transform(closed -> Future.failedFuture(listened.cause())));
    }

    private static @Nullable Open take(List<Open> from, Wanted wanted) {
        for (Iterator<Open> each = from.iterator(); each.hasNext(); ) {
            Open candidate = each.next();
            if (candidate.wanted.isAt(wanted)) {
                each.remove();
                return candidate;
            }
        }
        return null;
    }

    private Future<Void> change(List<Open> next, List<Open> left) {
        List<String> before = open.stream().map(LocalPorts::text).toList();
        open = List.copyOf(next);
        for (Open each : open) {
            each.port.accepting(each.wanted.accepting);
            if (!before.contains(text(each))) {
                log.info("{}", text(each));
            }
        }
        return Future.join(left.stream().map(this::retire).toList()).mapEmpty();
    }

    private Future<Void> retire(Open unwanted) {
        log.info("no longer {}", text(unwanted));
        LocalPort port = unwanted.port;
        retired.add(port);
        return port.retire(() -> retired.remove(port));
    }

    private static String text(Open each) {
        return each.wanted.purpose + " on " + new HostPort(each.wanted.listen.host(), each.number);
    }

    /** Their numbers, in the order in which they were wanted. */
    List<Integer> numbers() {
        return open.stream().map(Open::number).toList();
    }

    /** Closes all, and resets their connections. */
    Future<Void> close() {
        List<Future<Void>> closing = new ArrayList<>();
        open.forEach(each -> closing.add(each.port.close()));
        retired.forEach(port -> closing.add(port.close()));
        return Future.join(closing).mapEmpty();
    }
}
