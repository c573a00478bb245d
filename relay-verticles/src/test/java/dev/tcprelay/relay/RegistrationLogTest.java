package dev.tcprelay.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.wire.Status;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A skeleton that asks again and again does not fill the log. */
class RegistrationLogTest {
    private static final long SECOND = 1_000_000_000L;
    private static final ServerId WEB = new ServerId("web");

    private final Logger logger = (Logger) LoggerFactory.getLogger(RegistrationLog.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final RegistrationLog log = new RegistrationLog(new UserName("bob"), 3, 0);

    @BeforeEach
    void listen() {
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void leave() {
        logger.detachAppender(lines);
        logger.setAdditive(true);
        logger.setLevel(null);
    }

    private void assertLines(String... expected) {
        assertEquals(
                List.of(expected),
                lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList());
    }

    @Test
    void theSameAnswerIsLoggedOnceAndTheRestIsCounted() {
        for (int i = 0; i < 1000; i++) {
            log.answered(WEB, Status.FORBIDDEN, i * SECOND);
        }
        log.answered(WEB, Status.AVAILABLE, 1000 * SECOND);
        log.answered(WEB, Status.IN_USE, 1001 * SECOND);
        assertLines(
                "bob does not serve web: forbidden",
                "bob serves web: available (999 more answers were not logged)",
                "bob does not serve web: in-use");
    }

    @Test
    void changesAndIdsWithoutEndAreLoggedNoFasterThanOneASecond() {
        for (int i = 0; i < 1000; i++) {
            log.answered(new ServerId("id" + i), Status.FORBIDDEN, 0);
        }
        log.answered(WEB, Status.FORBIDDEN, SECOND);
        log.answered(WEB, Status.AVAILABLE, SECOND);
        assertLines(
                "bob does not serve id0: forbidden",
                "bob does not serve id1: forbidden",
                "bob does not serve id2: forbidden",
                "bob does not serve web: forbidden (997 more answers were not logged)");
    }
}
