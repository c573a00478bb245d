package dev.tcprelay.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The exact line of every event, its fields, and that nobody can flood the log. */
class EventLogTest {
    private final ByHand clock = new ByHand();
    private final EventLog events = new EventLog(clock);
    private final Logged logged = new Logged();

    /** Time that the test passes. */
    private static final class ByHand implements EventLog.Clock {
        private long now = Long.MAX_VALUE - 1; // as System.nanoTime may be
        private final List<Runnable> timers = new ArrayList<>();
        private final List<Long> due = new ArrayList<>();

        @Override
        public long now() {
            return now;
        }

        @Override
        public void after(long nanos, Runnable action) {
            due.add(now + nanos);
            timers.add(action);
        }

        void pass(long seconds) {
            now += TimeUnit.SECONDS.toNanos(seconds);
            for (int i = timers.size() - 1; i >= 0; i--) {
                if (now - due.get(i) >= 0) {
                    due.remove(i);
                    timers.remove(i).run();
                }
            }
        }
    }

    @AfterEach
    void stop() {
        logged.close();
    }

    static Stream<Arguments> table() {
        return Stream.of(
                arguments(
                        Event.LOGIN,
                        List.of("alice", "192.0.2.7", "client", "5e55", "0de0"),
                        "audit alice logged in from 192.0.2.7 as a client, session 5e55, node 0de0",
                        "login user source role session node"),
                arguments(
                        Event.LOGIN_REFUSED,
                        List.of("bob", "192.0.2.7", "skeleton", "another key"),
                        "audit login as bob from 192.0.2.7 as a skeleton refused: another key",
                        "login-refused user source role reason"),
                arguments(
                        Event.LOGOUT,
                        List.of("alice", "the peer said goodbye", "5e55"),
                        "audit alice logged out: the peer said goodbye, session 5e55",
                        "logout user reason session"),
                arguments(
                        Event.OPEN_REFUSED,
                        List.of("web", "alice", "no grant to connect to it"),
                        "audit open of web by alice refused: no grant to connect to it",
                        "open-refused server user reason"),
                arguments(Event.REGISTER, List.of("bob", "web"), "audit bob serves web", "register user server"),
                arguments(
                        Event.REGISTER_REFUSED,
                        List.of("web", "bob", "no grant to serve it"),
                        "audit register of web by bob refused: no grant to serve it",
                        "register-refused server user reason"),
                arguments(
                        Event.REGISTER_DISPLACED,
                        List.of("web", "bob", "carol", "0de0"),
                        "audit web is withdrawn from bob: carol has an earlier claim to it on node 0de0",
                        "register-displaced server user other node"),
                arguments(
                        Event.TUNNEL_CARRIED,
                        List.of("7a", "web", "bob", "0de0", 12, 345, 6789, "finished"),
                        "tunnels tunnel 7a to web of bob carried to node 0de0: 12 ms, 345 bytes up, 6789 bytes down,"
                                + " finished",
                        "tunnel-carried tunnel server skeleton node millis up down reason"),
                arguments(
                        Event.TUNNEL,
                        List.of("7a", "alice", "web", "bob", 12, 345, 6789, "finished"),
                        "tunnels tunnel 7a alice to web of bob: 12 ms, 345 bytes up, 6789 bytes down, finished",
                        "tunnel tunnel user server skeleton millis up down reason"),
                arguments(
                        Event.DRAIN,
                        List.of("SIGTERM", 3, 7, 600),
                        "audit this node stops, asked by SIGTERM: 3 sessions, 7 tunnels, which have 600 s to finish",
                        "drain by sessions tunnels grace"),
                arguments(
                        Event.DRAINED,
                        List.of(1234, 2),
                        "audit nothing runs here any more after 1234 ms; 2 tunnels were cut",
                        "drained millis cut"));
    }

    @ParameterizedTest
    @MethodSource("table")
    void everyEventHasItsLineAndItsFields(Event event, List<Object> values, String line, String names) {
        events.write(event, values.toArray());
        assertEquals(List.of("INFO " + line), logged.lines());
        Map<String, String> fields = logged.fields().get(0);
        assertEquals(
                List.of(("event " + names.substring(names.indexOf(' ') + 1)).split(" ")), List.copyOf(fields.keySet()));
        List<String> expected = new ArrayList<>(List.of(names.substring(0, names.indexOf(' '))));
        values.forEach(value -> expected.add(value.toString()));
        assertEquals(expected, List.copyOf(fields.values()));
    }

    @Test
    void theTableIsComplete() {
        EnumSet<Event> events = EnumSet.noneOf(Event.class);
        table().forEach(row -> events.add((Event) row.get()[0]));
        assertEquals(EnumSet.allOf(Event.class), events);
    }

    private void refusedLogins(int times) {
        for (int i = 0; i < times; i++) {
            events.write(Event.LOGIN_REFUSED, "mallory", "192.0.2.7", "client", "no such user");
        }
    }

    private void expect(int lines, String... more) {
        List<String> expected = new ArrayList<>(Collections.nCopies(
                lines, "INFO audit login as mallory from 192.0.2.7 as a client refused: no such user"));
        expected.addAll(List.of(more));
        assertEquals(expected, logged.lines());
    }

    @Test
    void aFloodIsThirtyLinesAMinuteAndItsCount() {
        refusedLogins(1000);
        expect(30);
        clock.pass(59);
        refusedLogins(1);
        expect(30);
        clock.pass(1);
        expect(30, "INFO audit login-refused: 971 more within a minute");
        assertEquals(
                Map.of("event", "login-refused", "more", "971"), logged.fields().get(30));
        refusedLogins(30);
        assertEquals(61, logged.lines().size());
        clock.pass(120);
        assertEquals(61, logged.lines().size(), "nothing is owed");
    }

    @Test
    void aFloodHidesNoOtherEvent() {
        refusedLogins(1000);
        events.write(Event.OPEN_REFUSED, "web", "alice", "no grant to connect to it");
        events.write(Event.LOGIN, "alice", "192.0.2.7", "client", "5e55", "0de0");
        assertEquals(32, logged.lines().size());
    }

    @Test
    void everyOtherLineThatSomebodyCanCauseAtWillIsBoundedToo() {
        EnumSet<Event> unbounded = EnumSet.noneOf(Event.class);
        for (Event event : Event.values()) {
            if (event.perMinute() == Integer.MAX_VALUE) {
                unbounded.add(event);
            }
        }
        EnumSet<Event> once = EnumSet.of(Event.DRAIN, Event.DRAINED);
        unbounded.removeAll(once);
        assertEquals(EnumSet.of(Event.LOGIN, Event.LOGOUT, Event.TUNNEL, Event.TUNNEL_CARRIED), unbounded);
    }

    /** A timer that is late must not take the count of the minute before into the next, nor end that one early. */
    @Test
    void aLateTimerLosesNothing() {
        refusedLogins(40);
        clock.now += TimeUnit.SECONDS.toNanos(90);
        refusedLogins(1);
        expect(
                30,
                "INFO audit login-refused: 10 more within a minute",
                logged.lines().get(0));
        clock.pass(0);
        refusedLogins(29);
        assertEquals(61, logged.lines().size());
        refusedLogins(5);
        clock.pass(60);
        assertEquals(
                "INFO audit login-refused: 5 more within a minute",
                logged.lines().get(61));
    }

    @Test
    void closingTellsTheCountsThatAreOwed() {
        refusedLogins(33);
        events.close();
        expect(30, "INFO audit login-refused: 3 more within a minute");
    }

    @Test
    void valuesThatAreNoFieldsAreAMistake() {
        assertThrows(IllegalArgumentException.class, () -> events.write(Event.REGISTER, "bob"));
    }
}
