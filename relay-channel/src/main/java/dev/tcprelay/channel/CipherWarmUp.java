package dev.tcprelay.channel;

import dev.tcprelay.protocol.noise.AuthenticationException;
import dev.tcprelay.protocol.noise.CipherState;
import dev.tcprelay.protocol.wire.Layer;
import dev.tcprelay.protocol.wire.ProtocolException;
import dev.tcprelay.protocol.wire.RecordOpener;
import dev.tcprelay.protocol.wire.RecordSealer;
import dev.tcprelay.protocol.wire.TunnelRecord;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/**
 * Makes the virtual machine compile the cipher before the first tunnel needs it: AES-GCM is some ten times slower until
 * then, and long records mean few calls. Many short records do it in about a second.
 */
public final class CipherWarmUp {
    static final int RECORDS = 25_000;
    private static final int LONGEST = Layer.END_TO_END.largestBody();
    /** Most records are short; one in so many is as long as they get, since long ones take other paths. */
    private static final int LONG_ONE = 100;

    private static final int SHORT = 1024;
    private static final String KEY = "dev.tcprelay.cipher-warm-up";

    private CipherWarmUp() {}

    /** Runs it on a worker, once for each Vert.x; nobody needs to wait for it. Later calls succeed at once. */
    public static Future<Void> once(Vertx vertx) {
        boolean first = vertx.sharedData().getLocalMap(KEY).putIfAbsent(KEY, true) == null;
        return first ? vertx.executeBlocking(() -> run(RECORDS), false).mapEmpty() : Future.succeededFuture();
    }

    /** Seals and opens records; returns their bodies' bytes. */
    static long run(int records) throws ProtocolException, AuthenticationException {
        byte[] key = new byte[CipherState.KEY];
        var sealer = new RecordSealer(CipherState.aesGcm(key), Layer.END_TO_END);
        var opener = new RecordOpener(CipherState.aesGcm(key), Layer.END_TO_END);
        byte[] body = new byte[LONGEST];
        byte[] sealed = new byte[RecordSealer.sealedSize(LONGEST)];
        byte[] plain = new byte[sealed.length];
        long bytes = 0;
        for (int i = 0; i < records; i++) {
            int length = i % LONG_ONE == 0 ? LONGEST : 1 + i % SHORT;
            int size = sealer.seal(TunnelRecord.DATA.type(), body, 0, length, sealed, 0);
            bytes += opener.open(sealed, 2, size - 2, plain, 0) - 1;
        }
        return bytes;
    }
}
