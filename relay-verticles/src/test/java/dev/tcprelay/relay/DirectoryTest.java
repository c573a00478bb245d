package dev.tcprelay.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.wire.Instance;
import dev.tcprelay.protocol.wire.Mode;
import dev.tcprelay.protocol.wire.NodeId;
import dev.tcprelay.protocol.wire.Status;
import dev.tcprelay.protocol.wire.Token;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who gets an id (M18 to M20). */
class DirectoryTest {
    private static final ServerId WEB = new ServerId("web");
    private static final NodeId HERE = NodeId.random(Relay.RANDOM);
    private static final NodeId THERE = NodeId.random(Relay.RANDOM);
    /** What another node says when it is asked for a session of its own. */
    private Future<Boolean> answerFromThere = Future.succeededFuture(true);

    private final Directory directory = new Directory(HERE, claim -> answerFromThere);

    /** A session that answers pings as it is told to. */
    private static final class Session implements Skeleton {
        final UserName user;
        final Instance instance = Instance.random(Relay.RANDOM);
        final List<Claim> displacedBy = new ArrayList<>();
        Future<Boolean> answer = Future.succeededFuture(true);
        int pings;
        boolean evicted;

        Session(String user) {
            this.user = new UserName(user);
        }

        Offer offer(ServerId id) {
            return new Offer(id, user, instance);
        }

        @Override
        public void need(ServerId id, Token token, NodeId meeting) {
            throw new AssertionError();
        }

        @Override
        public Future<Boolean> answersPing() {
            pings++;
            return answer;
        }

        @Override
        public void evict() {
            evicted = true;
        }

        @Override
        public void displaced(Registration registration, Claim by) {
            displacedBy.add(by);
        }
    }

    private Status register(Registration claim) {
        Future<Status> done = directory.register(claim);
        assertTrue(done.isComplete());
        return done.result();
    }

    private static Registration claim(Session session, Mode mode) {
        return new Registration(session.offer(WEB), session, mode);
    }

    @Test
    void aGroupOfOneAccountSharesAnId() {
        assertEquals(Status.AVAILABLE, register(claim(new Session("bob"), Mode.GROUP)));
        assertEquals(Status.AVAILABLE, register(claim(new Session("bob"), Mode.GROUP)));
        assertEquals(2, directory.offers(WEB).size());
        assertEquals(1, directory.size());
    }

    @Test
    void anotherAccountFindsItInUseAndNobodyIsPinged() {
        Session bob = new Session("bob");
        register(claim(bob, Mode.EXCLUSIVE));
        assertEquals(Status.IN_USE, register(claim(new Session("carol"), Mode.EXCLUSIVE)));
        assertEquals(0, bob.pings);
    }

    @Test
    void aNewerClaimOfTheSameInstanceTakesThePlaceOfTheOlder() {
        Session bob = new Session("bob");
        Registration older = claim(bob, Mode.EXCLUSIVE);
        Registration newer = claim(bob, Mode.EXCLUSIVE);
        register(older);
        assertEquals(Status.AVAILABLE, register(newer));
        assertEquals(List.of(bob.offer(WEB)), directory.offers(WEB));
        assertFalse(directory.remove(older), "the older one's teardown does not harm the newer");
        assertEquals(Optional.of(newer), directory.registration(bob.offer(WEB)));
    }

    @Test
    void anExclusiveClaimIsInUseWhileAnyHolderAnswers() {
        Session dead = new Session("bob");
        dead.answer = Future.succeededFuture(false);
        Session alive = new Session("bob");
        register(claim(dead, Mode.GROUP));
        register(claim(alive, Mode.GROUP));
        assertEquals(Status.IN_USE, register(claim(new Session("bob"), Mode.EXCLUSIVE)));
        assertFalse(dead.evicted);
        assertEquals(2, directory.offers(WEB).size());
    }

    @Test
    void aClaimToAnExclusiveIdWaitsForTheAnswerAndTakesItFromTheDead() {
        Session holder = new Session("bob");
        Promise<Boolean> answer = Promise.promise();
        holder.answer = answer.future();
        register(claim(holder, Mode.EXCLUSIVE));
        Registration claim = claim(new Session("bob"), Mode.GROUP);
        Future<Status> status = directory.register(claim);
        assertFalse(status.isComplete());
        answer.complete(false);
        assertEquals(Status.AVAILABLE, status.result());
        assertTrue(holder.evicted);
        assertEquals(List.of(claim.offer()), directory.offers(WEB));
    }

    @Test
    void ofTwoThatWaitForTheSameDeadHolderOneGetsTheId() {
        Session holder = new Session("bob");
        Promise<Boolean> answer = Promise.promise();
        holder.answer = answer.future();
        register(claim(holder, Mode.EXCLUSIVE));
        Future<Status> first = directory.register(claim(new Session("bob"), Mode.EXCLUSIVE));
        Future<Status> second = directory.register(claim(new Session("bob"), Mode.EXCLUSIVE));
        answer.complete(false);
        assertEquals(List.of(Status.AVAILABLE, Status.IN_USE), List.of(first.result(), second.result()));
        assertEquals(1, directory.offers(WEB).size());
    }

    private static Entry entry(Offer offer, Mode mode, long stamp) {
        return new Entry(offer, new Claim(offer, THERE, mode, stamp), 0, 0);
    }

    @Test
    void aSessionOnAnotherNodeCountsAsOneHere() {
        Session bob = new Session("bob");
        directory.tell(THERE, bob.offer(WEB), entry(bob.offer(WEB), Mode.GROUP, 1));
        assertTrue(directory.lists(bob.offer(WEB)));
        assertEquals(Optional.empty(), directory.registration(bob.offer(WEB)));
        assertEquals(Status.IN_USE, register(claim(new Session("carol"), Mode.GROUP)), "another account");
        assertEquals(Status.AVAILABLE, register(claim(bob, Mode.EXCLUSIVE)), "the same skeleton, with two homes");
        assertEquals(List.of(bob.offer(WEB)), directory.offers(WEB));
        directory.tell(THERE, bob.offer(WEB), null);
        assertEquals(List.of(bob.offer(WEB)), directory.offers(WEB));
    }

    @Test
    void sparesWithoutASessionAnywhereMakeNoServerAvailable() {
        Offer offer = new Session("bob").offer(WEB);
        directory.tell(THERE, offer, new Entry(offer, null, 3, 0));
        assertFalse(directory.lists(offer));
        assertEquals(0, directory.size());
        assertEquals(List.of(), ids(null));
    }

    @Test
    void theOtherNodeIsAskedWhetherItsHolderAnswers() {
        Session there = new Session("bob");
        directory.tell(THERE, there.offer(WEB), entry(there.offer(WEB), Mode.EXCLUSIVE, 1));
        assertEquals(Status.IN_USE, register(claim(new Session("bob"), Mode.EXCLUSIVE)));
        answerFromThere = Future.succeededFuture(false);
        Session bob = new Session("bob");
        assertEquals(Status.AVAILABLE, register(claim(bob, Mode.EXCLUSIVE)));
        assertEquals(List.of(bob.offer(WEB)), directory.offers(WEB));
        directory.tell(THERE, there.offer(WEB), null);
        assertEquals(List.of(), bob.displacedBy);
    }

    @Test
    void ofTwoClaimsThatWereAdmittedAtTheSameTimeTheEarlierStands() {
        Session bob = new Session("bob");
        Session there = new Session("bob");
        register(claim(bob, Mode.EXCLUSIVE));
        directory.tell(THERE, there.offer(WEB), entry(there.offer(WEB), Mode.EXCLUSIVE, 2));
        assertEquals(List.of(), bob.displacedBy, "the other node withdraws its own");
        directory.tell(THERE, there.offer(WEB), null);
        Session late = new Session("carol");
        assertEquals(Status.IN_USE, register(claim(late, Mode.GROUP)));
        Registration again = directory.registration(bob.offer(WEB)).orElseThrow();
        directory.remove(again);
        directory.tell(THERE, there.offer(WEB), new Entry(there.offer(WEB), null, 0, 1));
        Session second = new Session("bob");
        register(claim(second, Mode.GROUP));
        register(claim(bob, Mode.GROUP));
        Entry earlier = entry(there.offer(WEB), Mode.EXCLUSIVE, 1);
        directory.tell(THERE, there.offer(WEB), new Entry(earlier.offer(), earlier.claim(), 0, 1));
        boolean thereIsFirst = java.util.Arrays.compareUnsigned(THERE.bytes(), HERE.bytes()) < 0;
        assertEquals(thereIsFirst ? 1 : 0, second.displacedBy.size());
        assertEquals(thereIsFirst ? 1 : 0, bob.displacedBy.size());
    }

    @Test
    void idsAreListedInOrderAfterTheGivenOne() {
        Session bob = new Session("bob");
        for (String id : List.of("mail", "a", "web", "b")) {
            register(new Registration(bob.offer(new ServerId(id)), bob, Mode.GROUP));
        }
        assertEquals(List.of("a", "b", "mail", "web"), ids(null));
        assertEquals(List.of("mail", "web"), ids(new ServerId("b")));
        assertEquals(List.of("mail", "web"), ids(new ServerId("c")));
        assertEquals(List.of(), ids(WEB));
    }

    private List<String> ids(@org.jspecify.annotations.Nullable ServerId after) {
        return directory.after(after).map(entry -> entry.id().value()).toList();
    }
}
