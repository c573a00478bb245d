package dev.tcprelay.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.wire.Instance;
import dev.tcprelay.protocol.wire.Mode;
import dev.tcprelay.protocol.wire.Status;
import dev.tcprelay.protocol.wire.Token;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Who gets an id (M18 to M20). */
class DirectoryTest {
    private static final ServerId WEB = new ServerId("web");
    private final Directory directory = new Directory();

    /** A session that answers pings as it is told to. */
    private static final class Session implements Skeleton {
        final UserName user;
        final Instance instance = Instance.random(Relay.RANDOM);
        Future<Boolean> answer = Future.succeededFuture(true);
        int pings;
        boolean evicted;

        Session(String user) {
            this.user = new UserName(user);
        }

        @Override
        public UserName user() {
            return user;
        }

        @Override
        public Instance instance() {
            return instance;
        }

        @Override
        public void need(ServerId id, Token token) {
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
        public void registered(ServerId id, Status status) {
            throw new AssertionError();
        }
    }

    private Status register(Registration claim) {
        Future<Status> done = directory.register(claim);
        assertTrue(done.isComplete());
        return done.result();
    }

    private static Registration claim(Session session, Mode mode) {
        return new Registration(WEB, session, mode);
    }

    @Test
    void aGroupOfOneAccountSharesAnId() {
        assertEquals(Status.AVAILABLE, register(claim(new Session("bob"), Mode.GROUP)));
        assertEquals(Status.AVAILABLE, register(claim(new Session("bob"), Mode.GROUP)));
        assertEquals(2, directory.serving(WEB).size());
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
        assertEquals(List.of(newer), directory.serving(WEB));
        assertFalse(directory.remove(older), "the older one's teardown does not harm the newer");
        assertEquals(Optional.of(newer), directory.find(WEB, bob.user, bob.instance));
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
        assertEquals(2, directory.serving(WEB).size());
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
        assertEquals(List.of(claim), directory.serving(WEB));
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
        assertEquals(1, directory.serving(WEB).size());
    }

    @Test
    void theLeastLoadedComesFirst() {
        Registration busy = claim(new Session("bob"), Mode.GROUP);
        Registration idle = claim(new Session("bob"), Mode.GROUP);
        register(busy);
        register(idle);
        busy.tunnelOpened();
        assertEquals(List.of(idle, busy), directory.serving(WEB));
    }

    @Test
    void loadsThatChangeWhileTheyAreComparedDoNoHarm() throws InterruptedException {
        List<Registration> claims = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            claims.add(claim(new Session("bob"), Mode.GROUP));
            register(claims.get(i));
        }
        var stop = new AtomicBoolean();
        Thread changes = new Thread(() -> {
            for (int i = 0; !stop.get(); i = (i + 7) % 200) {
                for (int n = i % 13; n >= 0; n--) {
                    claims.get((i + n) % 200).tunnelOpened();
                }
            }
        });
        changes.start();
        for (int i = 0; i < 2000; i++) {
            assertEquals(200, directory.serving(WEB).size());
        }
        stop.set(true);
        changes.join();
    }

    @Test
    void idsAreListedInOrderAfterTheGivenOne() {
        Session bob = new Session("bob");
        for (String id : List.of("mail", "a", "web", "b")) {
            register(new Registration(new ServerId(id), bob, Mode.GROUP));
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
