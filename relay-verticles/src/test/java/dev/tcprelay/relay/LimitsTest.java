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
    private static final Source A = Source.of("192.0.2.1");
    private static final Source B = Source.of("192.0.2.2");

    private static CurrentLimits current(Object... keysAndValues) {
        var config = new JsonObject();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            config.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return new CurrentLimits(limits(config));
    }

    @Test
    void aSourceHasItsBurstThenSoManyASecond() {
        var failed = new FailedLogins(current("failedLogins", 3, "failedLoginsPerSecond", 2));
        for (int i = 0; i < 3; i++) {
            assertTrue(failed.allows(A, 0));
            failed.failed(A, 0);
        }
        assertFalse(failed.allows(A, 0));
        assertFalse(failed.allows(A, SECOND / 2 - 1000));
        assertTrue(failed.allows(A, SECOND / 2));
        assertTrue(failed.allows(B, 0), "another source");
        failed.failed(A, SECOND / 2);
        assertFalse(failed.allows(A, SECOND / 2));
        for (int i = 0; i < 3; i++) {
            assertTrue(failed.allows(A, 100 * SECOND), "no more than the burst comes back");
            failed.failed(A, 100 * SECOND);
        }
        assertFalse(failed.allows(A, 100 * SECOND));
    }

    @Test
    void failuresBeyondTheBucketDoNotLengthenTheWait() {
        var failed = new FailedLogins(current("failedLogins", 1, "failedLoginsPerSecond", 1));
        for (int i = 0; i < 50; i++) {
            failed.failed(A, 0);
        }
        assertTrue(failed.allows(A, SECOND));
    }

    @Test
    void theNumberOfSourcesRememberedIsBounded() {
        var failed = new FailedLogins(current("failedLogins", 1, "failedLoginsPerSecond", 1));
        for (int i = 0; i <= FailedLogins.SOURCES; i++) {
            failed.failed(new Source("", "source " + i), 0);
        }
        assertTrue(failed.allows(new Source("", "source 0"), 0), "the oldest is forgotten");
        assertFalse(failed.allows(new Source("", "source 1"), 0));
        assertFalse(failed.allows(new Source("", "source " + FailedLogins.SOURCES), 0));
    }

    @Test
    void aNewLimitHoldsForBucketsThatAreThere() {
        CurrentLimits limits = current("failedLogins", 1, "failedLoginsPerSecond", 1);
        var failed = new FailedLogins(limits);
        failed.failed(A, 0);
        limits.replace(current("failedLogins", 10, "failedLoginsPerSecond", 8).now());
        assertFalse(failed.allows(A, 0));
        assertTrue(failed.allows(A, SECOND / 8));
        assertTrue(failed.allows(B, 0));
    }

    @Test
    void allOfAnIpv6NetworkIsOneSource() {
        var failed = new FailedLogins(current("failedLogins", 1, "failedLoginsPerSecond", 1));
        failed.failed(Source.of("2001:db8:0:1::1"), 0);
        assertFalse(failed.allows(Source.of("2001:db8:0:1:ffff:ffff:ffff:ffff"), 0));
        assertTrue(failed.allows(Source.of("2001:db8:0:2::1"), 0), "the next /64");
        failed.failed(Source.of("192.0.2.1"), 0);
        assertTrue(failed.allows(Source.of("192.0.2.2"), 0), "IPv4 addresses stand alone");
        assertFalse(failed.allows(Source.of("::ffff:192.0.2.1"), 0), "mapped");
        assertFalse(failed.allows(Source.of("0:0:0:0:0:ffff:c000:201"), 0), "mapped, written otherwise");
    }

    @Test
    void aSourceIsLoggedAsItIsAndMayBeUnknown() {
        assertEquals("2001:db8:0:1::1", Source.of("2001:db8:0:1::1").toString());
        assertEquals(
                Source.of("fe80:0:0:0:0:0:0:1%1").network(),
                Source.of("fe80::2%1").network());
        assertEquals("unknown", Source.of(null).toString());
        assertEquals(Source.of(null), Source.of(null));
    }

    @Test
    void theDeskTakesSoManyAndRefusesTheRestAtOnce(Vertx vertx) throws Exception {
        var desk = new LoginDesk(vertx.createSharedWorkerExecutor("desk", 2), current("waitingLogins", 5));
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
        assertEquals(64, limits.sparesPerServer());
        assertEquals(Duration.ofMinutes(10), limits.spareLife());
        assertEquals(Duration.ofMinutes(5), limits.warmLife());
        assertEquals(Duration.ofSeconds(10), limits.openDeadline());
        assertEquals(256, limits.http());
        assertEquals(1024, limits.sessionsPerUser());
        assertEquals(128, limits.warmLegsPerSession());
        assertEquals(2048, limits.warmLegsPerUser());
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
