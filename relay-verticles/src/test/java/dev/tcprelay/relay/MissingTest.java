package dev.tcprelay.relay;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.wire.Instance;
import java.util.List;
import org.junit.jupiter.api.Test;

/** For how long a server that was lost with its node is waited for (M33). */
class MissingTest {
    private static final ServerId WEB = new ServerId("web");
    private static final ServerId MAIL = new ServerId("mail");

    private long now = Long.MAX_VALUE - 1000;
    private final Missing missing = new Missing(() -> now);

    private static Offer offer(ServerId id) {
        return new Offer(id, new UserName("bob"), Instance.random(Relay.RANDOM));
    }

    @Test
    void forFiveSecondsFromTheLastLoss() {
        assertFalse(missing.contains(WEB));
        missing.add(List.of(offer(WEB), offer(WEB), offer(MAIL)));
        now += 3_000_000_000L;
        assertTrue(missing.contains(WEB) && missing.contains(MAIL));
        missing.add(List.of(offer(MAIL)));
        now += 2_000_000_000L;
        assertFalse(missing.contains(WEB));
        assertTrue(missing.contains(MAIL));
    }
}
