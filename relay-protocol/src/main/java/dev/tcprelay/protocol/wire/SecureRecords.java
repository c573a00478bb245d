package dev.tcprelay.protocol.wire;

import dev.tcprelay.protocol.noise.CipherState;
import dev.tcprelay.protocol.noise.Transport;

/**
 * What a handshake hands over: both directions of a record layer, seen from the own side.
 *
 * @param sealer for what this side sends
 * @param opener for what this side receives
 */
public record SecureRecords(RecordSealer sealer, RecordOpener opener) {

    static SecureRecords of(Transport transport, Layer layer) {
        return of(transport.send(), transport.receive(), layer);
    }

    static SecureRecords of(CipherState send, CipherState receive, Layer layer) {
        return new SecureRecords(new RecordSealer(send, layer), new RecordOpener(receive, layer));
    }
}
