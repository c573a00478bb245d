package dev.tcprelay.client;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.protocol.files.ServerId;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A psk that was imported counts from the next tunnel on, but for those that come at once. */
class RecentPsksTest {
    private static final ServerId WEB = new ServerId("web");
    private static final ServerId MAIL = new ServerId("mail");

    private final Vertx vertx = Vertx.vertx();
    private final OwnContext own = new OwnContext(vertx, vertx.getOrCreateContext());
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1);
    private final List<ServerId> asked = new ArrayList<>();
    private final List<Psk> psks = new ArrayList<>(List.of(Psk.generate(new SecureRandom())));
    private final RecentPsks recent = new RecentPsks(own, this::answer, now::get);

    private List<Psk> answer(ServerId id) throws IOException {
        asked.add(id);
        if (psks.isEmpty()) {
            throw new IOException("none");
        }
        return List.copyOf(psks);
    }

    @AfterEach
    void close() throws Exception {
        vertx.close().await(10, SECONDS);
    }

    private List<Psk> psks(ServerId id) {
        return own.context()
                .<List<Psk>>executeBlocking(() -> List.of())
                .compose(onContext -> recent.psks(id))
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    @Test
    void theSourceIsAskedOnceForTunnelsThatComeTogether() {
        List<Psk> first = psks(WEB);
        now.addAndGet(RecentPsks.RECENT.toNanos() - 1);
        assertEquals(first, psks(WEB));
        assertEquals(List.of(WEB), asked);
        assertEquals(first, psks(MAIL));
        assertEquals(List.of(WEB, MAIL), asked);
    }

    @Test
    void aNewPskCountsAMomentLater() {
        psks(WEB);
        psks.set(0, Psk.generate(new SecureRandom()));
        now.addAndGet(RecentPsks.RECENT.toNanos());
        assertEquals(psks, psks(WEB));
        assertEquals(psks, psks(WEB));
        assertEquals(List.of(WEB, WEB), asked);
    }

    @Test
    void aFailureIsNotKept() {
        Psk kept = psks.remove(0);
        assertThrows(CompletionException.class, () -> psks(WEB));
        psks.add(kept);
        assertEquals(List.of(kept), psks(WEB));
    }
}
