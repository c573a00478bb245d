package dev.tcprelay.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.wire.Instance;
import dev.tcprelay.protocol.wire.Mode;
import dev.tcprelay.protocol.wire.NodeId;
import dev.tcprelay.protocol.wire.Status;
import dev.tcprelay.protocol.wire.Token;
import dev.tcprelay.relay.FakeCluster.Seat;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Directories of several nodes come to the same, whatever happens to their messages (M63 to M66). */
class SharingTest {
    private final FakeCluster cluster = new FakeCluster();
    private final Deque<Runnable> later = new ArrayDeque<>();
    private final List<Runnable> underWay = new ArrayList<>();
    private final List<TestNode> nodes = new ArrayList<>();
    private long clock = 1;
    /** The same ids for the same seed: their order decides who gets an id. */
    private Random ids = new Random(0);

    private NodeId id() {
        byte[] bytes = new byte[16];
        ids.nextBytes(bytes);
        return new NodeId(bytes);
    }

    /** One node's directory and what keeps it in step with the others'. */
    private final class TestNode implements Bus.Desk {
        final Seat seat = cluster.seat(id());
        final Directory directory = new Directory(seat.id, claim -> Future.succeededFuture(true));
        final Journal journal = new Journal(
                seat.id, offer -> new Entry(offer, directory.claim(offer).orElse(null), 0, 0));
        final Sharing sharing = new Sharing(
                new Sharing.Part(seat, seat, journal, new Fleet(), () -> new Fleet.Condition(0, false, "users", 0)),
                directory,
                later::add,
                () -> clock);
        final Map<Offer, Registration> registrations =
                new TreeMap<>(java.util.Comparator.comparing((Offer offer) -> offer.toString()));

        TestNode() {
            directory.listen(journal::changed);
            seat.watch(new Members.Watcher() {
                @Override
                public void joined(Members.Member member) {
                    sharing.joined(member.id());
                }

                @Override
                public void left(NodeId id) {
                    sharing.left(id);
                }
            });
            Future<Void> unused = seat.serve(this);
            seat.join(1);
            nodes.add(this);
        }

        @Override
        public void told(JsonObject message) {
            NodeMessages.decode(message)
                    .filter(known -> seat.find(known.from()).isPresent())
                    .ifPresent(known -> sharing.told((NodeMessage.Share) known));
        }

        @Override
        public Future<Boolean> asked(JsonObject message) {
            throw new AssertionError();
        }

        Status register(Offer offer, Mode mode) {
            var registration = new Registration(offer, new Session(this), mode);
            Status status = directory.register(registration).result();
            if (status == Status.AVAILABLE) {
                registrations.put(offer, registration);
            }
            return status;
        }

        void remove(Offer offer) {
            Registration registration = registrations.remove(offer);
            if (registration != null) {
                directory.remove(registration);
            }
        }

        /** All that it lists: offer, nodes. */
        List<String> view() {
            var all = new ArrayList<String>();
            directory
                    .after(null)
                    .forEach(available -> directory.offers(available.id()).forEach(offer -> {
                        var homes = new ArrayList<String>();
                        directory.claim(offer).ifPresent(claim -> homes.add(claim.toString()));
                        directory
                                .elsewhere(offer)
                                .forEach(told ->
                                        homes.add(String.valueOf(told.entry().claim())));
                        homes.sort(null);
                        all.add(offer + " " + homes);
                    }));
            all.sort(null);
            return all;
        }
    }

    /** A session that is always there. */
    private static final class Session implements Skeleton {
        private final TestNode node;

        Session(TestNode node) {
            this.node = node;
        }

        @Override
        public void need(ServerId id, Token token, NodeId meeting) {
            throw new AssertionError();
        }

        @Override
        public Future<Boolean> answersPing() {
            return Future.succeededFuture(true);
        }

        @Override
        public void evict() {
            throw new AssertionError();
        }

        @Override
        public void displaced(Registration registration, Claim by) {
            node.registrations.remove(registration.offer(), registration);
        }
    }

    private static Offer offer(int server, int user, int instance) {
        byte[] bytes = new byte[16];
        bytes[0] = (byte) instance;
        return new Offer(new ServerId("s" + server), new UserName("u" + user), new Instance(bytes));
    }

    private void runLater() {
        while (!later.isEmpty()) {
            later.poll().run();
        }
    }

    /** Two seconds of calm: everything arrives, in order. */
    private void beats(int count) {
        cluster.wire = Runnable::run;
        for (int i = 0; i < count; i++) {
            clock += Duration.ofSeconds(2).toNanos();
            nodes.forEach(node -> node.sharing.beat());
            runLater();
        }
    }

    private void same() {
        for (TestNode node : nodes) {
            assertEquals(nodes.get(0).view(), node.view());
        }
    }

    private void trio() {
        for (int i = 0; i < 3; i++) {
            TestNode unused = new TestNode();
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whateverIsLostDoubledOrOutOfOrderAllComeToTheSame(long seed) {
        Random random = new Random(seed);
        ids = random;
        trio();
        for (int round = 0; round < 60; round++) {
            cluster.wire = underWay::add;
            for (int i = random.nextInt(8); i > 0; i--) {
                TestNode node = nodes.get(random.nextInt(3));
                Offer offer = offer(random.nextInt(12), random.nextInt(2), random.nextInt(3));
                if (random.nextInt(3) == 0) {
                    node.remove(offer);
                } else {
                    node.register(offer, random.nextInt(3) == 0 ? Mode.EXCLUSIVE : Mode.GROUP);
                }
            }
            if (random.nextInt(6) == 0) {
                int one = random.nextInt(3);
                int other = (one + 1 + random.nextInt(2)) % 3;
                cluster.see(nodes.get(one).seat, nodes.get(other).seat, random.nextBoolean());
            }
            clock += Duration.ofMillis(100).toNanos();
            nodes.forEach(node -> node.sharing.flush());
            if (random.nextInt(5) == 0) {
                clock += Duration.ofSeconds(2).toNanos();
                nodes.get(random.nextInt(3)).sharing.beat();
            }
            runLater();
            disturbed(random);
        }
        for (int i = 0; i < 3; i++) {
            cluster.see(nodes.get(i).seat, nodes.get((i + 1) % 3).seat, true);
        }
        underWay.clear();
        beats(6);
        same();
        for (TestNode node : nodes) {
            node.directory.after(null).forEach(available -> {
                List<Claim> claims = claims(node, available.id());
                assertEquals(claims.stream().sorted().toList(), Claim.standing(claims), "all that is listed may stand");
            });
            node.registrations
                    .keySet()
                    .forEach(offer -> assertTrue(node.directory.claim(offer).isPresent()));
        }
    }

    static java.util.stream.LongStream seeds() {
        return java.util.stream.LongStream.rangeClosed(1, Integer.getInteger("seeds", 150));
    }

    private static List<Claim> claims(TestNode node, ServerId id) {
        var claims = new ArrayList<Claim>();
        for (Offer offer : node.directory.offers(id)) {
            node.directory.claim(offer).ifPresent(claims::add);
            node.directory.elsewhere(offer).forEach(told -> {
                if (told.entry().claim() != null) {
                    claims.add(told.entry().claim());
                }
            });
        }
        return claims;
    }

    /** Some of what is under way is lost, comes twice, late or in another order. */
    private void disturbed(Random random) {
        var now = new ArrayList<>(underWay);
        underWay.clear();
        java.util.Collections.shuffle(now, random);
        for (Runnable message : now) {
            switch (random.nextInt(10)) {
                case 0, 1 -> {}
                case 2 -> {
                    message.run();
                    message.run();
                }
                case 3, 4 -> underWay.add(message);
                default -> message.run();
            }
        }
        runLater();
    }

    @Test
    void tenThousandIdsArriveAtANodeThatJoinsPageByPage() {
        TestNode first = new TestNode();
        IntStream.range(0, 10_000).forEach(i -> first.register(offer(i, 0, 0), Mode.GROUP));
        first.sharing.flush();
        runLater();
        TestNode second = new TestNode();
        cluster.wire = Runnable::run;
        beats(1);
        assertEquals(10_000, second.directory.size());
        same();
        first.remove(offer(77, 0, 0));
        first.sharing.flush();
        runLater();
        assertEquals(9_999, second.directory.size());
    }

    @Test
    void aNodeThatIsSilentIsForgottenAndComesBackWithItsNextDigest() {
        trio();
        TestNode silent = nodes.get(0);
        silent.register(offer(1, 0, 0), Mode.GROUP);
        beats(1);
        assertEquals(1, nodes.get(1).directory.size());
        clock += Duration.ofSeconds(7).toNanos();
        nodes.get(1).sharing.beat();
        assertEquals(0, nodes.get(1).directory.size());
        beats(2);
        assertEquals(1, nodes.get(1).directory.size());
    }

    @Test
    void aNodeThatLeavesTakesItsEntriesWithItAtOnce() {
        trio();
        nodes.get(0).register(offer(1, 0, 0), Mode.GROUP);
        beats(1);
        nodes.get(0).seat.leave();
        assertEquals(0, nodes.get(1).directory.size());
        assertEquals(0, nodes.get(2).directory.size());
    }

    @Test
    void messagesThatAreNoneAreLeft() {
        trio();
        beats(1);
        TestNode node = nodes.get(0);
        String from = nodes.get(1).seat.id.toString();
        for (String text : List.of(
                "{}",
                "{\"type\":\"Delta\"}",
                "{\"type\":\"Delta\",\"from\":\"00\"}",
                "{\"type\":\"Nothing\",\"from\":\"" + from + "\"}",
                "{\"type\":\"Delta\",\"from\":\"" + from + "\",\"seq\":-1,\"entries\":[]}",
                "{\"type\":\"Delta\",\"from\":\"" + from
                        + "\",\"seq\":1,\"entries\":[[\"WEB\",\"u\",\"00\",null,0,0,0]]}",
                "{\"type\":\"Delta\",\"from\":\"" + from + "\",\"seq\":1,\"entries\":[[1]]}",
                "{\"type\":\"Page\",\"from\":\"" + from
                        + "\",\"seq\":1,\"page\":0,\"pages\":2147483647,\"entries\":[]}",
                "{\"type\":\"Page\",\"from\":\"" + from + "\",\"seq\":1,\"page\":2,\"pages\":2,\"entries\":[]}",
                "{\"type\":\"Digest\",\"from\":\"" + from + "\",\"seq\":\"x\",\"count\":0,\"hash\":0}",
                "{\"type\":7,\"from\":[]}")) {
            assertTrue(NodeMessages.decode(new JsonObject(text)).isEmpty(), text);
        }
        assertEquals(List.of(), node.view());
    }
}
