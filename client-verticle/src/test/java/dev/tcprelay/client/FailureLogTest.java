package dev.tcprelay.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.Outcome;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** One line in 10 s for each server and kind of failure. */
class FailureLogTest {
    private static final ServerId WEB = new ServerId("web");
    private final AtomicLong now = new AtomicLong(-5);
    private final FailureLog failures = new FailureLog(now::get);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(FailureLog.class);

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
        logger.setAdditive(false);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(lines);
        logger.setAdditive(true);
    }

    @Test
    void theSameFailureIsToldOnceInTenSeconds() {
        failures.tunnel(WEB, TunnelFailures.notAvailable(WEB));
        failures.tunnel(WEB, TunnelFailures.notAvailable(WEB));
        now.addAndGet(TimeUnit.SECONDS.toNanos(10) - 1);
        failures.tunnel(WEB, TunnelFailures.notAvailable(WEB));
        assertEquals(1, lines.list.size());
        now.incrementAndGet();
        failures.tunnel(WEB, TunnelFailures.notAvailable(WEB));
        assertEquals(2, lines.list.size());
        assertEquals(true, lines.list.get(1).getFormattedMessage().endsWith("(2 more like this)"));
    }

    @Test
    void anotherServerOrKindIsAnotherLine() {
        failures.tunnel(WEB, TunnelFailures.notAvailable(WEB));
        failures.tunnel(WEB, TunnelFailures.of(WEB, Outcome.REFUSED));
        failures.tunnel(new ServerId("mail"), TunnelFailures.notAvailable(new ServerId("mail")));
        failures.request("x");
        assertEquals(4, lines.list.size());
    }

    @Test
    void manyNamesDoNotFillTheMemoryOrTheLog() {
        for (int i = 0; i < 5000; i++) {
            ServerId id = new ServerId("s" + i);
            failures.tunnel(id, TunnelFailures.notAvailable(id));
        }
        assertEquals(1024, lines.list.size());
        now.addAndGet(TimeUnit.SECONDS.toNanos(10));
        failures.tunnel(WEB, TunnelFailures.notAvailable(WEB));
        assertEquals(1025, lines.list.size());
    }
}
