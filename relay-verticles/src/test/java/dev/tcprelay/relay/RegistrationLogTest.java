package dev.tcprelay.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.wire.Status;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A skeleton that asks again and again does not fill the log. */
class RegistrationLogTest {
    private static final ServerId WEB = new ServerId("web");

    /** At a time that does not pass. */
    private final EventLog events = new EventLog(new EventLog.Clock() {
        @Override
        public long now() {
            return 0;
        }

        @Override
        public void after(long nanos, Runnable action) {}
    });

    private final RegistrationLog log = new RegistrationLog(events, new UserName("bob"), 3);
    private final Logged logged = new Logged();

    @AfterEach
    void stop() {
        logged.close();
    }

    @Test
    void theSameAnswerIsLoggedOnce() {
        for (int i = 0; i < 1000; i++) {
            log.answered(WEB, Status.FORBIDDEN);
        }
        log.answered(WEB, Status.AVAILABLE);
        log.answered(WEB, Status.IN_USE);
        log.answered(WEB, Status.LIMIT);
        assertEquals(
                List.of(
                        "INFO audit register of web by bob refused: no grant to serve it",
                        "INFO audit bob serves web",
                        "INFO audit register of web by bob refused: another account, or an exclusive skeleton, serves it",
                        "INFO audit register of web by bob refused: the session has 3 ids already"),
                logged.lines());
    }

    /** More ids than are remembered: the log's own bound holds. */
    @Test
    void idsWithoutEndAreBounded() {
        for (int i = 0; i < 1000; i++) {
            log.answered(new ServerId("id" + i), Status.FORBIDDEN);
        }
        assertEquals(30, logged.lines().size());
        events.close();
        assertEquals(
                "INFO audit register-refused: 970 more within a minute",
                logged.lines().get(30));
    }
}
