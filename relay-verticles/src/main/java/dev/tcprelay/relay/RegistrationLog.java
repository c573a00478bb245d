package dev.tcprelay.relay;

import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.wire.Status;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the log tells of one session's registrations: what has changed, and the rest as a number, since a skeleton may
 * ask as often as it likes. As many lines at once as ids are allowed, then one a second. On the session's loop.
 */
final class RegistrationLog {
    private static final Logger log = LoggerFactory.getLogger(RegistrationLog.class);

    private final UserName user;
    private final int most;
    private final Map<ServerId, Status> told = new HashMap<>();
    private double linesLeft;
    private long at;
    private long untold;

    /**
     * @param most lines at once, and ids that are remembered
     * @param nanos now
     */
    RegistrationLog(UserName user, int most, long nanos) {
        this.user = user;
        this.most = most;
        this.linesLeft = most;
        this.at = nanos;
    }

    /** A REGISTER has been answered so. */
    void answered(ServerId id, Status status, long nanos) {
        linesLeft = Math.min(most, linesLeft + (nanos - at) / 1e9);
        at = nanos;
        if (told.get(id) == status || linesLeft < 1) {
            untold++;
            return;
        }
        linesLeft--;
        if (told.size() < most || told.containsKey(id)) {
            told.put(id, status);
        }
        log.info(
                "{} {} {}: {}{}",
                user,
                status == Status.AVAILABLE ? "serves" : "does not serve",
                id,
                status,
                untold == 0 ? "" : " (" + untold + " more answers were not logged)");
        untold = 0;
    }
}
