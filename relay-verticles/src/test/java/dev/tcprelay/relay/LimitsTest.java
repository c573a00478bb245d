package dev.tcprelay.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.channel.Settings;
import dev.tcprelay.channel.SettingsException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The bounds on what strangers can do, each on its own. */
@ExtendWith(VertxExtension.class)
class LimitsTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void aSourceHasItsBurstThenSoManyASecond() {
        var failed = new FailedLogins(3, 2);
        for (int i = 0; i < 3; i++) {
            assertTrue(failed.allows("a", 0));
            failed.failed("a", 0);
        }
        assertFalse(failed.allows("a", 0));
        assertFalse(failed.allows("a", SECOND / 2 - 1000));
        assertTrue(failed.allows("a", SECOND / 2));
        assertTrue(failed.allows("b", 0), "another source");
        failed.failed("a", SECOND / 2);
        assertFalse(failed.allows("a", SECOND / 2));
        for (int i = 0; i < 3; i++) {
            assertTrue(failed.allows("a", 100 * SECOND), "no more than the burst comes back");
            failed.failed("a", 100 * SECOND);
        }
        assertFalse(failed.allows("a", 100 * SECOND));
    }

    @Test
    void failuresBeyondTheBucketDoNotLengthenTheWait() {
        var failed = new FailedLogins(1, 1);
        for (int i = 0; i < 50; i++) {
            failed.failed("a", 0);
        }
        assertTrue(failed.allows("a", SECOND));
    }

    @Test
    void theNumberOfSourcesRememberedIsBounded() {
        var failed = new FailedLogins(1, 1);
        for (int i = 0; i <= FailedLogins.SOURCES; i++) {
            failed.failed("source " + i, 0);
        }
        assertTrue(failed.allows("source 0", 0), "the oldest is forgotten");
        assertFalse(failed.allows("source 1", 0));
        assertFalse(failed.allows("source " + FailedLogins.SOURCES, 0));
    }

    @Test
    void theDeskTakesSoManyAndRefusesTheRestAtOnce(Vertx vertx) throws Exception {
        var desk = new LoginDesk(vertx.createSharedWorkerExecutor("desk", 2), 5);
        var open = new CountDownLatch(1);
        List<Future<Integer>> taken = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int number = i;
            taken.add(desk.submit(() -> {
                open.await();
                return number;
            }));
        }
        Future<Integer> refused = desk.submit(() -> 6);
        assertTrue(refused.failed());
        assertTrue(refused.cause() instanceof LoginDesk.Overloaded);
        assertEquals(5, desk.waiting());
        open.countDown();
        for (int i = 0; i < 5; i++) {
            assertEquals(i, Relay.await(taken.get(i)));
        }
        assertEquals(0, desk.waiting());
        Future<Object> thrown = desk.submit(() -> {
            throw new IllegalStateException("work that fails");
        });
        assertThrows(IllegalStateException.class, () -> Relay.await(thrown));
        assertEquals(0, desk.waiting());
    }

    private static Limits limits(JsonObject config) {
        Settings settings = Settings.of(config);
        Limits limits = Limits.from(settings);
        settings.finish();
        return limits;
    }

    @Test
    void theDefaultsAreThoseOfTheProtocol() {
        Limits limits = limits(new JsonObject());
        assertEquals(1024, limits.unauthenticated());
        assertEquals(256, limits.unauthenticatedPerSource());
        assertEquals(Duration.ofSeconds(10), limits.authentication());
        assertEquals(20, limits.failedLogins());
        assertEquals(5, limits.failedLoginsPerSecond());
        assertEquals(64, limits.waitingLogins());
        assertEquals(64, limits.sparesPerRegistration());
        assertEquals(Duration.ofMinutes(10), limits.spareLife());
        assertEquals(Duration.ofMinutes(5), limits.warmLife());
        assertEquals(Duration.ofSeconds(10), limits.openDeadline());
        assertEquals(16_384, limits.tunnelsPerUser());
        assertEquals(1024, limits.idsPerSession());
        assertEquals(Duration.ofMinutes(30), limits.ticketLife());
        assertEquals(Duration.ofSeconds(10), limits.keepalive().interval());
        assertEquals(Duration.ofSeconds(25), limits.keepalive().deadline());
    }

    @Test
    void aTicketLivesNoLongerThanItsKey() {
        assertThrows(SettingsException.class, () -> limits(new JsonObject().put("ticketLife", "61 min")));
        assertThrows(SettingsException.class, () -> limits(new JsonObject().put("ticketLife", "1s")));
        assertEquals(
                Duration.ofHours(1),
                limits(new JsonObject().put("ticketLife", "1h")).ticketLife());
    }
}
