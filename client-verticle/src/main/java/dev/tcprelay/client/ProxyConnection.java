package dev.tcprelay.client;

import dev.tcprelay.channel.Cancellable;
import dev.tcprelay.channel.ConnectionLost;
import dev.tcprelay.channel.Duplex;
import dev.tcprelay.channel.Leg;
import dev.tcprelay.channel.SealedStream;
import dev.tcprelay.channel.Splice;
import dev.tcprelay.protocol.files.ServerId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One application on the proxy port: its request, then its tunnel. On the client's event loop. */
final class ProxyConnection implements Duplex.Receiver, ProxyStep.Handler {
    private static final Logger log = LoggerFactory.getLogger(ProxyConnection.class);

    private final Leg leg;
    private final RelayClient client;
    private final FailureLog failures;
    private final Runnable negotiated;
    private final ProxyRequest request;
    private final Cancellable deadline;
    private boolean over;
    private @Nullable Opening opening;
    private @Nullable SealedStream stream;

    /** @param negotiated called once, when the request is complete or given up */
    ProxyConnection(
            Leg leg,
            RelayClient client,
            @Nullable ProxyCredentials credentials,
            FailureLog failures,
            Runnable negotiated) {
        this.leg = leg;
        this.client = client;
        this.failures = failures;
        this.negotiated = negotiated;
        this.request = new ProxyRequest(credentials);
        this.deadline = leg.after(client.deadlines().negotiation(), this::tooSlow);
    }

    void begin() {
        leg.receiver(this);
    }

    private void tooSlow() {
        log.debug("no complete request on the proxy port in time");
        finish();
        leg.close();
    }

    private void finish() {
        if (!over) {
            over = true;
            deadline.cancel();
            negotiated.run();
        }
    }

    @Override
    public void received(ByteBuf bytes) {
        byte[] piece = new byte[bytes.readableBytes()];
        bytes.readBytes(piece);
        bytes.release();
        if (!over) {
            request.feed(piece, 0, piece.length).deliverTo(this);
        }
    }

    @Override
    public void ended() {
        finish();
        leg.closeGently();
    }

    @Override
    public void closed(@Nullable ConnectionLost cause) {
        finish();
    }

    private void reply(byte[] bytes) {
        leg.write(Unpooled.wrappedBuffer(bytes));
        leg.flush();
    }

    @Override
    public void more(ProxyStep.More step) {
        reply(step.reply());
    }

    @Override
    public void fail(ProxyStep.Fail step) {
        finish();
        failures.request(step.cause());
        reply(step.reply());
        leg.closeGently();
    }

    @Override
    public void connect(ProxyStep.Connect step) {
        finish();
        reply(step.reply());
        var application = new WaitingApplication(leg, true, this::left);
        leg.unread(Unpooled.wrappedBuffer(step.early()));
        Optional<ServerId> id = ServerName.id(step.host());
        if (id.isEmpty()) {
            failures.request("a name that cannot be a server id");
            refuse(ProxyFailure.NOT_AVAILABLE);
        } else {
            open(id.get(), application);
        }
    }

    private void open(ServerId id, WaitingApplication application) {
        Opening begun = client.begin(id);
        opening = begun;
        begun.future()
                .compose(handshaken -> {
                    stream = handshaken;
                    return client.result(handshaken, id);
                })
                .onComplete(opened -> joined(opened, id, application), e -> failed(id, TunnelFailures.of(id, e)));
    }

    private void joined(SealedStream opened, ServerId id, WaitingApplication application) {
        opening = null;
        stream = null;
        if (application.left()) {
            opened.abort();
            return;
        }
        reply(request.success());
        application.handBack();
        var unused = Splice.join(leg, opened, end -> log.debug("tunnel to {} ended: {}", id, end));
    }

    private void failed(ServerId id, TunnelException e) {
        boolean cancelled = opening == null;
        opening = null;
        stream = null;
        if (!cancelled) {
            failures.tunnel(id, e);
            refuse(ProxyFailure.of(e.failure()));
        }
    }

    private void refuse(ProxyFailure failure) {
        reply(request.failure(failure));
        leg.closeGently();
    }

    /** The application does not wait for its tunnel any more. */
    private void left() {
        Opening begun = opening;
        SealedStream handshaken = stream;
        opening = null;
        if (begun != null) {
            begun.cancel();
        }
        if (handshaken != null) {
            handshaken.abort();
        }
        leg.closeGently();
    }
}
