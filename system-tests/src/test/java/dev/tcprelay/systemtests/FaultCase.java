package dev.tcprelay.systemtests;

import static dev.tcprelay.systemtests.Direction.DOWN;
import static dev.tcprelay.systemtests.Direction.UP;
import static dev.tcprelay.systemtests.Place.CLIENT_CONTROL;
import static dev.tcprelay.systemtests.Place.CLIENT_LEG;
import static dev.tcprelay.systemtests.Place.SKELETON_CONTROL;
import static dev.tcprelay.systemtests.Place.SKELETON_LEG;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A fault, where, and what must come of an exchange that it strikes. The offsets are those of docs/protocol.md: one
 * or more in each message that passes before the tunnel's bytes, then some in these.
 */
record FaultCase(Place place, Direction direction, Fault fault, Outcome outcome) {
    static final long BYTES = 300_000;

    private static final long MIDDLE = BYTES / 2;
    private static final Duration MOMENT = Duration.ofMillis(5);
    private static final Duration WHILE = Duration.ofMillis(100);

    /** What must come of an exchange. */
    enum Outcome {
        /** Both directions arrive, to their ends: the fault was harmless, or another connection was taken. */
        WHOLE,
        /** The receiver of the direction learns that it is lost. */
        LOST,
        /** One of them: some changes are told from a wrong relay or psk, which is final, and others are not. */
        EITHER
    }

    /** Offsets of one direction of a leg, by what a fault there does to its tunnel. */
    private record Leg(Place place, Direction direction, List<Long> replaced, List<Long> either, List<Long> lost) {
        Stream<FaultCase> cases() {
            return Stream.of(
                            struck(replaced, Outcome.WHOLE, Fault.Cut::new),
                            struck(replaced, Outcome.WHOLE, Fault.Reset::new),
                            struck(replaced, Outcome.EITHER, Fault.Flip::new),
                            struck(either, Outcome.EITHER, Fault.Cut::new),
                            struck(either, Outcome.EITHER, Fault.Reset::new),
                            struck(either, Outcome.EITHER, Fault.Flip::new),
                            struck(lost, Outcome.LOST, Fault.Cut::new),
                            struck(lost, Outcome.LOST, Fault.Reset::new),
                            struck(lost, Outcome.LOST, Fault.Flip::new))
                    .flatMap(List::stream);
        }

        private List<FaultCase> struck(List<Long> offsets, Outcome outcome, LongFunction<Fault> fault) {
            return offsets.stream()
                    .map(at -> new FaultCase(place, direction, fault.apply(at), outcome))
                    .toList();
        }
    }

    /** Each of them on legs. A tunnel is taken to another leg until the client has message 1, and is lost after it. */
    static Stream<FaultCase> onLegs() {
        return Stream.of(
                        // HELLO: magic, role, key id, nonce; OK; OPENED | message 1; RESULT; DATA
                        new Leg(
                                CLIENT_LEG,
                                DOWN,
                                List.of(0L, 8L, 20L, 40L, 64L, 80L, 99L, 110L),
                                List.of(),
                                List.of(176L, 190L, 196L, 198L, 250L, MIDDLE)),
                        // ATTACH: type, length, ticket, nonce, proof; OPEN | message 2; DATA
                        new Leg(
                                CLIENT_LEG,
                                UP,
                                List.of(0L, 1L, 60L, 180L, 300L, 343L, 400L),
                                List.of(),
                                List.of(490L, 600L, 812L, 814L, 900L, MIDDLE)),
                        // HELLO | OK, START: the relay may have joined it | message 2; DATA
                        new Leg(
                                SKELETON_LEG,
                                DOWN,
                                List.of(0L, 8L, 20L, 40L),
                                List.of(64L, 80L, 99L, 110L),
                                List.of(127L, 300L, 449L, 451L, 500L, MIDDLE)),
                        // ATTACH | message 1 | RESULT; DATA
                        new Leg(
                                SKELETON_LEG,
                                UP,
                                List.of(0L, 60L, 300L),
                                List.of(343L, 360L),
                                List.of(393L, 400L, 413L, 415L, 500L, MIDDLE)))
                .flatMap(Leg::cases)
                .collect(Collectors.collectingAndThen(Collectors.toList(), all -> {
                    for (long at : new long[] {126, 150}) { // in message 1
                        all.add(new FaultCase(CLIENT_LEG, DOWN, new Fault.Cut(at), Outcome.WHOLE));
                        all.add(new FaultCase(CLIENT_LEG, DOWN, new Fault.Reset(at), Outcome.WHOLE));
                        all.add(new FaultCase(CLIENT_LEG, DOWN, new Fault.Flip(at), Outcome.LOST));
                    }
                    return all.stream();
                }));
    }

    /** On control connections: at the next message, and in each message of the login that follows. */
    static Stream<FaultCase> onControlConnections() {
        List<FaultCase> cases = new ArrayList<>();
        for (Place place : List.of(CLIENT_CONTROL, SKELETON_CONTROL)) {
            // HELLO, frame 2, WELCOME, TICKET
            for (long at : new long[] {20, 90, 200, 500}) {
                cases.add(new FaultCase(place, DOWN, new Fault.Cut(at), Outcome.WHOLE));
                cases.add(new FaultCase(place, DOWN, new Fault.Flip(at), Outcome.WHOLE));
            }
            // LOGIN, CONFIRM
            for (long at : new long[] {100, 240}) {
                cases.add(new FaultCase(place, UP, new Fault.Reset(at), Outcome.WHOLE));
                cases.add(new FaultCase(place, UP, new Fault.Flip(at), Outcome.WHOLE));
            }
            cases.add(new FaultCase(place, DOWN, new Fault.Hole(0), Outcome.WHOLE));
            cases.add(new FaultCase(place, UP, new Fault.Hole(0), Outcome.WHOLE));
        }
        return cases.stream();
    }

    /** On every link: what TCP may do at any time, and nobody must notice. */
    static Stream<FaultCase> harmless() {
        List<FaultCase> cases = new ArrayList<>();
        for (Place place : List.of(Place.APPLICATION, CLIENT_LEG, SKELETON_LEG, Place.TARGET)) {
            for (Direction direction : Direction.values()) {
                cases.add(new FaultCase(place, direction, new Fault.Delay(MOMENT), Outcome.WHOLE));
                cases.add(new FaultCase(place, direction, new Fault.Slices(0, 2000), Outcome.WHOLE));
                cases.add(new FaultCase(place, direction, new Fault.LateEnd(WHILE), Outcome.WHOLE));
            }
        }
        return cases.stream();
    }

    /** Where a direction falls silent and comes back. */
    static Stream<FaultCase> holes() {
        return Stream.of(Place.APPLICATION, CLIENT_LEG, SKELETON_LEG, Place.TARGET)
                .flatMap(place -> Stream.of(Direction.values())
                        .map(direction -> new FaultCase(place, direction, new Fault.Hole(MIDDLE), Outcome.WHOLE)));
    }

    /** Where it stays silent while a tunnel is made: another leg is taken in time, or the tunnel is given up. */
    static Stream<FaultCase> silences() {
        return Stream.of(
                new FaultCase(CLIENT_LEG, DOWN, new Fault.Hole(20), Outcome.WHOLE),
                new FaultCase(CLIENT_LEG, DOWN, new Fault.Hole(70), Outcome.WHOLE),
                new FaultCase(CLIENT_LEG, DOWN, new Fault.Hole(110), Outcome.WHOLE),
                new FaultCase(CLIENT_LEG, DOWN, new Fault.Hole(130), Outcome.WHOLE),
                new FaultCase(CLIENT_LEG, UP, new Fault.Hole(0), Outcome.WHOLE),
                new FaultCase(CLIENT_LEG, UP, new Fault.Hole(400), Outcome.WHOLE),
                new FaultCase(CLIENT_LEG, UP, new Fault.Hole(500), Outcome.EITHER),
                new FaultCase(SKELETON_LEG, DOWN, new Fault.Hole(20), Outcome.WHOLE),
                new FaultCase(SKELETON_LEG, DOWN, new Fault.Hole(300), Outcome.EITHER),
                new FaultCase(SKELETON_LEG, UP, new Fault.Hole(60), Outcome.WHOLE),
                new FaultCase(SKELETON_LEG, UP, new Fault.Hole(395), Outcome.LOST));
    }

    /** On the links that are the application's and the server's own: TCP as it is. */
    static Stream<FaultCase> onPlainLinks() {
        List<FaultCase> cases = new ArrayList<>();
        for (Place place : List.of(Place.APPLICATION, Place.TARGET)) {
            for (Direction direction : Direction.values()) {
                for (long at : new long[] {1, 65_536, MIDDLE, BYTES - 1}) {
                    cases.add(new FaultCase(place, direction, new Fault.Cut(at), Outcome.EITHER));
                    cases.add(new FaultCase(place, direction, new Fault.Reset(at), Outcome.LOST));
                    cases.add(new FaultCase(place, direction, new Fault.Flip(at), Outcome.EITHER));
                }
            }
        }
        return cases.stream();
    }
}
