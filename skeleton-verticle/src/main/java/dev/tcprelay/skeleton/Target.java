package dev.tcprelay.skeleton;

import dev.tcprelay.channel.Cancellable;
import dev.tcprelay.channel.Dialler;
import dev.tcprelay.channel.Leg;
import dev.tcprelay.protocol.files.HostPort;
import dev.tcprelay.protocol.wire.Outcome;
import io.netty.channel.ConnectTimeoutException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/** The server behind the skeleton. Why it could not be reached is for the own log; the wire gets a code (M42). */
final class Target {
    private final Site site;
    private final HostPort address;
    private final Duration timeout;
    private final Dialler dialler;

    /** On the verticle's context, so that connections end with the verticle. */
    Target(Site site, HostPort address, Duration timeout) {
        this.site = site;
        this.address = address;
        this.timeout = timeout;
        this.dialler = new Dialler(site.vertx(), timeout);
    }

    /** A connection, in time or not at all. From any thread; completes on the verticle's context. */
    Future<Leg> connect() {
        if (!site.descriptors().take()) {
            return Future.failedFuture(new IOException("too few descriptors are left"));
        }
        Promise<Leg> promise = Promise.promise();
        site.onContext(() -> {
            Cancellable deadline =
                    site.after(timeout, () -> promise.tryFail(new TimeoutException("no answer in time")));
            dialler.connect(address)
                    .onComplete(
                            leg -> {
                                deadline.cancel();
                                if (!promise.tryComplete(leg)) {
                                    leg.run(leg::close);
                                }
                            },
                            e -> {
                                deadline.cancel();
                                promise.tryFail(e);
                            });
        });
        return promise.future();
    }

    /** What a failed {@link #connect} is to the client. */
    static Outcome outcome(Throwable e) {
        String message = String.valueOf(e.getMessage());
        if (e instanceof TimeoutException || e instanceof ConnectTimeoutException || message.contains("timed out")) {
            return Outcome.TIMED_OUT;
        }
        return e instanceof ConnectException && message.contains("refused") ? Outcome.REFUSED : Outcome.UNREACHABLE;
    }

    @Override
    public String toString() {
        return address.toString();
    }
}
