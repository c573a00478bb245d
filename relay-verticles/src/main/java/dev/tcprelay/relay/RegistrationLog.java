package dev.tcprelay.relay;

import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.wire.Status;
import java.util.HashMap;
import java.util.Map;

/**
 * What the log tells of one session's registrations: what has changed, since a skeleton asks again and again for what
 * it did not get. On the session's loop.
 */
final class RegistrationLog {
    private final EventLog events;
    private final UserName user;
    private final int most;
    private final Map<ServerId, Status> told = new HashMap<>();

    /** @param most ids that one session may have, and that are remembered */
    RegistrationLog(EventLog events, UserName user, int most) {
        this.events = events;
        this.user = user;
        this.most = most;
    }

    /** A REGISTER has been answered so. */
    void answered(ServerId id, Status status) {
        if (told.get(id) == status) {
            return;
        }
        if (told.size() < most || told.containsKey(id)) {
            told.put(id, status);
        }
        if (status == Status.AVAILABLE) {
            events.write(Event.REGISTER, user, id);
        } else {
            events.write(Event.REGISTER_REFUSED, id, user, reason(status));
        }
    }

    private String reason(Status status) {
        return switch (status) {
            case FORBIDDEN -> "no grant to serve it";
            case LIMIT -> "the session has " + most + " ids already";
            case IN_USE -> "another account, or an exclusive skeleton, serves it";
            default -> status.toString();
        };
    }
}
