package dev.tcprelay.relay;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a node's {@link Event}s, each as one line. Nobody can flood the log: beyond an event's lines a minute it is
 * only counted, and the minute ends with one line that tells the count. Thread-safe.
 */
final class EventLog {
    private static final Pattern FIELD = Pattern.compile("\\{([a-z]+)}");
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final Clock clock;
    private final Map<Event, Lines> lines = new EnumMap<>(Event.class);

    /** Time as the log needs it. */
    interface Clock {
        /** Nanoseconds since any moment. */
        long now();

        /** Runs the action after that many nanoseconds, on any thread, or never if the node has stopped by then. */
        void after(long nanos, Runnable action);
    }

    EventLog(Clock clock) {
        this.clock = clock;
        for (Event event : Event.values()) {
            lines.put(event, new Lines(event));
        }
    }

    /**
     * Logs an event.
     *
     * @param values of its fields, in the order of its sentence
     */
    void write(Event event, Object... values) {
        Objects.requireNonNull(lines.get(event)).write(values);
    }

    /** Logs the counts that are still owed. */
    void close() {
        lines.values().forEach(Lines::finish);
    }

    /** The lines of one event. */
    private final class Lines {
        private final Event event;
        private final Logger log;
        private final String pattern;
        private final List<String> fields;
        private long since;
        private long count;

        Lines(Event event) {
            this.event = event;
            log = LoggerFactory.getLogger(event.log().logger());
            Matcher field = FIELD.matcher(event.sentence());
            fields = field.results().map(found -> found.group(1)).toList();
            pattern = field.replaceAll("{}");
        }

        void write(Object... values) {
            if (fields.size() != values.length) {
                throw new IllegalArgumentException(event + " has the fields " + fields);
            }
            if (admits()) {
                var line = log.atInfo().addKeyValue("event", event);
                for (int i = 0; i < values.length; i++) {
                    line = line.addKeyValue(fields.get(i), values[i]).addArgument(values[i]);
                }
                line.log(pattern);
            }
        }

        private boolean admits() {
            return event.perMinute() == Integer.MAX_VALUE || counted();
        }

        private synchronized boolean counted() {
            finishIfDue();
            if (count == 0) {
                since = clock.now();
            }
            count++;
            if (count == event.perMinute() + 1L) {
                clock.after(since + MINUTE - clock.now(), this::finishIfDue);
            }
            return count <= event.perMinute();
        }

        /** Also when the timer fires: by then another minute may have begun. */
        private synchronized void finishIfDue() {
            if (clock.now() - since >= MINUTE) {
                finish();
            }
        }

        /** Ends the minute with the count of what was not logged, if there was any. */
        synchronized void finish() {
            long more = count - event.perMinute();
            count = 0;
            if (more > 0) {
                log.atInfo()
                        .addKeyValue("event", event)
                        .addKeyValue("more", more)
                        .log("{}: {} more within a minute", event, more);
            }
        }
    }
}
