package dev.tcprelay.channel;

import dev.tcprelay.channel.RelayException.Kind;
import dev.tcprelay.protocol.files.HostPort;
import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.wire.Hello;
import dev.tcprelay.protocol.wire.ProtocolException;
import io.netty.util.NetUtil;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections to relays: resolves the name anew each time, tries its addresses for 5 s each, in random order but
 * one that has just failed last, waits for HELLO and checks it against the pinned key before a byte is sent
 * (docs/protocol.md, section 3). Thread-safe; futures complete on the loop of the connection.
 *
 * <p>How long the JDK keeps an address is its own setting ({@code networkaddress.cache.ttl}, 30 s): who embeds this and
 * has relays whose addresses change sets it lower, as the {@code relay} command does.
 */
public final class Dialler {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration HELLO = Duration.ofSeconds(3);

    private final Vertx vertx;
    private final NetClient client;
    private volatile @Nullable InetAddress failed;

    public Dialler(Vertx vertx) {
        this.vertx = vertx;
        this.client = vertx.createNetClient(Sockets.client(CONNECT));
    }

    /**
     * A connection on which the relay has shown the pinned key's id.
     *
     * @param key the pinned key that the HELLO named
     * @param from the address that was connected to
     */
    public record Greeted(Leg leg, Hello hello, PublicKey key, InetAddress from) {}

    /** Connects to a relay; fails with {@link RelayException}. The leg has no receiver yet. */
    public Future<Greeted> greet(RelayAddress relay) {
        return greet(relay, Set.of());
    }

    /** The same; these addresses of its name are tried last. */
    Future<Greeted> greet(RelayAddress relay, Set<InetAddress> last) {
        return reach(relay.address(), last)
                .recover(e -> Future.failedFuture(new RelayException(
                        Kind.UNREACHABLE,
                        "cannot reach the relay at " + relay.address() + ": " + e.getMessage()
                                + ". Check that it runs and that the address and port are right.",
                        e)))
                .compose(reached -> hello(reached, relay));
    }

    private Future<Greeted> hello(Reached reached, RelayAddress relay) {
        Leg leg = reached.leg;
        Promise<Greeted> promise = Promise.promise();
        OneFrame phase = OneFrame.await(
                leg,
                (in, off, available) -> Hello.SIZE,
                frame -> {
                    Hello hello = Hello.decode(frame, relay.role());
                    PublicKey key = relay.keyOf(hello);
                    if (key == null) {
                        leg.abort();
                        promise.fail(wrongKey(relay));
                    } else {
                        promise.complete(new Greeted(leg, hello, key, reached.at));
                    }
                },
                e -> {
                    leg.abort();
                    failed = reached.at;
                    promise.fail(explain(e, relay));
                });
        Cancellable deadline = leg.after(HELLO, () -> phase.fail(new TimeoutException("no answer for 3 s")));
        return promise.future().onComplete(done -> deadline.cancel());
    }

    private static RelayException wrongKey(RelayAddress relay) {
        return new RelayException(
                Kind.WRONG_KEY,
                "the relay at " + relay.address() + " does not have the pinned key "
                        + relay.key().fingerprint()
                        + ". Somebody may be in between, or the relay has a new key: ask its operator for the"
                        + " fingerprint, then log in again with --key and --fingerprint.");
    }

    private static RelayException explain(Exception e, RelayAddress relay) {
        String at = relay.address().toString();
        if (e instanceof ProtocolException) {
            return new RelayException(
                    Kind.NOT_A_RELAY, e.getMessage() + " at " + at + ". Check the address and the port.");
        }
        return new RelayException(
                Kind.UNREACHABLE,
                "the relay at " + at + " did not greet (" + e.getMessage() + "). It may be overloaded; try again.",
                e);
    }

    /** Connects to a name and port; the addresses of the name are tried one after the other. */
    public Future<Leg> connect(HostPort to) {
        return reach(to, Set.of()).map(Reached::leg);
    }

    /** A connection, and the address that it leads to. */
    private record Reached(Leg leg, InetAddress at) {}

    private Future<Reached> reach(HostPort to, Set<InetAddress> last) {
        return Sockets.onLoop(
                vertx,
                () -> addresses(vertx, to.host()).compose(all -> {
                    // A name with several addresses is a load balancer: one that has just failed is not the next to be
                    // tried.
                    InetAddress unlucky = failed;
                    all.sort(Comparator.comparing(address -> last.contains(address) || address.equals(unlucky)));
                    return reach(all, 0, to.port());
                }));
    }

    /** All addresses of a name, in random order; that of an address at once, since that takes no look-up. */
    static Future<List<InetAddress>> addresses(Vertx vertx, String host) {
        if (NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host)) {
            return Future.future(promise -> {
                try {
                    promise.complete(lookUp(host));
                } catch (UnknownHostException e) {
                    promise.fail(e);
                }
            });
        }
        return vertx.executeBlocking(() -> lookUp(host), false);
    }

    private static List<InetAddress> lookUp(String host) throws UnknownHostException {
        List<InetAddress> all = Arrays.asList(InetAddress.getAllByName(host));
        Collections.shuffle(all);
        return all;
    }

    private Future<Reached> reach(List<InetAddress> all, int next, int port) {
        InetAddress at = all.get(next);
        Future<Reached> attempt = client.connect(port, at.getHostAddress())
                .map(socket -> new Reached(Leg.of(socket), at))
                .onFailure(e -> failed = at);
        return next + 1 == all.size() ? attempt : attempt.recover(e -> reach(all, next + 1, port));
    }
}
