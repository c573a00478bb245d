package dev.tcprelay.relay;

import dev.tcprelay.channel.OneFrame;
import dev.tcprelay.protocol.wire.ProtocolException;
import dev.tcprelay.protocol.wire.ProxyHeader;
import java.util.Optional;

/**
 * A connection of a load balancer until it has told where it comes from (docs/protocol.md, M71): nothing is said on it
 * before. One that ends without a byte was a health check and is nobody's fault. On the leg's loop.
 */
final class Forwarded {
    private final Arrival arrival;
    private boolean begun;

    Forwarded(Arrival arrival) {
        this.arrival = arrival;
    }

    void await() {
        OneFrame unused = OneFrame.await(arrival.leg(), this::size, this::told, this::lost);
    }

    private int size(byte[] in, int off, int available) throws ProtocolException {
        begun = true;
        return ProxyHeader.size(in, off, available);
    }

    private void told(byte[] header) throws ProtocolException {
        Optional<byte[]> source = ProxyHeader.source(header);
        if (source.isPresent()) {
            arrival.identified(Source.ofBytes(source.get()));
        } else {
            arrival.sayHello(); // the balancer itself
        }
    }

    private void lost(Exception cause) {
        if (begun) {
            arrival.node().counters().headersRefused.increment();
            arrival.gone(String.valueOf(cause.getMessage()));
        } else {
            arrival.end("a load balancer looked whether somebody is there");
        }
    }
}
