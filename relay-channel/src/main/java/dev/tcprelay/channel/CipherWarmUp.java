package dev.tcprelay.channel;

import dev.tcprelay.protocol.noise.AuthenticationException;
import dev.tcprelay.protocol.noise.CipherState;
import dev.tcprelay.protocol.wire.Layer;
import dev.tcprelay.protocol.wire.RecordSealer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;

/**
 * Makes the virtual machine compile the cipher before the first tunnel needs it: AES-GCM is some ten times slower until
 * then, and long records mean few calls. Many short records do it in about a second.
 *
 * <p>The mixture matters. What the compiler has never seen, such as additional data, a long record, a new key or a
 * record that does not open, makes it throw its code away when it comes for the first time, and a tunnel that is under
 * way then is slow for seconds.
 */
public final class CipherWarmUp {
    static final int RECORDS = 25_000;
    private static final String KEY = "dev.tcprelay.cipher-warm-up";

    private static final int SHORT = 1024;
    private static final int LONG = RecordSealer.sealedSize(Layer.END_TO_END.largestBody());
    private static final int LONG_EVERY = 100;
    private static final int AD_EVERY = 8;
    private static final int NEW_KEY_EVERY = 32;
    private static final int FORGED_EVERY = 256;
    private static final int REKEY_EVERY = 512;

    private final byte[] plain = new byte[LONG];
    private final byte[] sealed = new byte[LONG];
    private final byte[] opened = new byte[LONG];
    private final byte[] noAd = {};
    private final byte[] ad = new byte[32];
    private CipherState sealer = CipherState.aesGcm(new byte[CipherState.KEY]);
    private CipherState opener = CipherState.aesGcm(new byte[CipherState.KEY]);

    private CipherWarmUp() {}

    /**
     * Runs it on a thread of its own, once for each Vert.x; nobody needs to wait for it, and neither the end of Vert.x
     * nor that of the process does. Later calls succeed at once.
     */
    public static Future<Void> once(Vertx vertx) {
        if (vertx.sharedData().getLocalMap(KEY).putIfAbsent(KEY, true) != null) {
            return Future.succeededFuture();
        }
        Promise<Void> done = Promise.promise();
        Thread thread = new Thread(() -> run(done), "cipher warm-up");
        thread.setDaemon(true);
        thread.start();
        return done.future();
    }

    private static void run(Promise<Void> done) {
        try {
            run(RECORDS);
            done.complete();
        } catch (AuthenticationException | RuntimeException e) {
            done.fail(e);
        }
    }

    /** Seals and opens records; returns how many of them opened. */
    static int run(int records) throws AuthenticationException {
        var warmUp = new CipherWarmUp();
        int opened = 0;
        for (int i = 1; i <= records; i++) {
            opened += warmUp.record(i) ? 1 : 0;
        }
        return opened;
    }

    private boolean record(int i) throws AuthenticationException {
        if (i % NEW_KEY_EVERY == 0) {
            newKeys(i);
        }
        if (i % REKEY_EVERY == 0) {
            sealer.rekey();
            opener.rekey();
        }
        int length = i % LONG_EVERY == 0 ? LONG - CipherState.TAG - 3 : i % SHORT;
        byte[] with = i % AD_EVERY == 0 ? ad : noAd;
        // In place, as records are sealed, and from another array, as handshakes are.
        byte[] from = i % AD_EVERY == 0 ? plain : sealed;
        int size = sealer.seal(with, from, 3, length, sealed, 3);
        if (i % FORGED_EVERY == 0) {
            return forged(with, size);
        }
        opener.open(with, sealed, 3, size, opened, 0);
        return true;
    }

    private boolean forged(byte[] with, int size) {
        sealed[3] ^= 1;
        try {
            opener.open(with, sealed, 3, size, opened, 0);
            return true;
        } catch (AuthenticationException e) {
            newKeys(0);
            return false;
        }
    }

    private void newKeys(int i) {
        byte[] key = new byte[CipherState.KEY];
        key[0] = (byte) i;
        sealer = CipherState.aesGcm(key);
        opener = CipherState.aesGcm(key);
    }
}
