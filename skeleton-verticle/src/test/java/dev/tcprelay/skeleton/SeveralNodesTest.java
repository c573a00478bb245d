package dev.tcprelay.skeleton;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import dev.tcprelay.channel.Redialling;
import dev.tcprelay.channel.SecretFiles;
import dev.tcprelay.channel.SettingsException;
import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.Attach;
import dev.tcprelay.protocol.wire.ControlMessage.Bye;
import dev.tcprelay.protocol.wire.ControlMessage.Fault;
import dev.tcprelay.protocol.wire.ControlMessage.GoAway;
import dev.tcprelay.protocol.wire.ControlMessage.Need;
import dev.tcprelay.protocol.wire.ControlMessage.Register;
import dev.tcprelay.protocol.wire.ControlMessage.Unregister;
import dev.tcprelay.protocol.wire.Mode;
import dev.tcprelay.protocol.wire.NodeId;
import dev.tcprelay.protocol.wire.Status;
import dev.tcprelay.protocol.wire.Token;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A skeleton that has sessions with two nodes, and one that changes its node (M25, M67). */
@ExtendWith(VertxExtension.class)
@Timeout(60)
class SeveralNodesTest {
    private static final int A_WHILE = 500;

    private Rig rig;
    private NodeId a;
    private NodeId b;

    @BeforeEach
    void open(Vertx vertx, @TempDir Path directory) throws Exception {
        rig = new Rig(vertx, directory);
        rig.timing(Rig.quick(Duration.ofMinutes(8), Duration.ofMillis(1))
                .redialling(new Redialling(1, Duration.ofMillis(100), Duration.ofMillis(300), Duration.ofMillis(100))));
        a = rig.relay.node;
        b = NodeId.random(rig.random);
    }

    @AfterEach
    void close() throws Exception {
        rig.close();
    }

    /** The first session, at a; whoever comes next is at b. */
    private FakeControl atFirstNode() throws Exception {
        FakeControl first = rig.serve();
        rig.relay.node = b;
        return first;
    }

    private FakeControl next(Status answer) throws Exception {
        FakeControl control = rig.relay.session();
        assertEquals(Rig.WEB, control.answer(answer).id());
        return control;
    }

    /** The skeleton has taken in what was said there: it answers what comes after it. */
    private void settled(FakeControl control) throws Exception {
        var need = new Need(Rig.WEB, Token.random(rig.random), b);
        control.send(need);
        assertEquals(Attach.answer(Rig.WEB, b, need.token()), rig.relay.leg().attach());
    }

    private static void assertHearsNothing(FakeControl control) throws Exception {
        control.socket().setSoTimeout(A_WHILE);
        assertThrows(
                SocketTimeoutException.class,
                () -> control.socket().getInputStream().read());
        control.socket().setSoTimeout(Wires.MILLIS);
    }

    @Test
    void aSecondNodeIsToldTheSameAndTheSparesAreNoMore() throws Exception {
        rig.web.put("mode", "exclusive");
        FakeControl first = atFirstNode();
        rig.relay.leg().accept();
        FakeControl second = rig.relay.session();
        assertEquals(new Register(Rig.WEB, Mode.EXCLUSIVE), second.next(Register.class));
        second.registered(Rig.WEB, Status.AVAILABLE);
        assertHearsNothing(first);
        assertHearsNothing(second);
        assertNull(rig.relay.legs.poll());
        assertTrue(rig.served.isEmpty(), "served anew");
    }

    /** A single node is met again: it is told all again, and nobody else notices. */
    @Test
    void aSecondSessionWithTheSameNodeTakesThePlaceOfTheFirst() throws Exception {
        FakeControl first = rig.serve();
        FakeLeg spare = rig.relay.leg().accept();
        FakeControl second = rig.relay.session();
        first.send(new Fault(Fault.REPLACED, "a newer session"));
        first.next(Bye.class);
        var need = new Need(Rig.WEB, Token.random(rig.random), a);
        second.send(need);
        assertEquals(Attach.answer(Rig.WEB, a, need.token()), rig.relay.leg().attach());
        second.answer(Status.AVAILABLE);
        assertTrue(rig.served.isEmpty(), "served anew");
        assertEquals(0, rig.loggedTimes("lost the relay"));
        spare.startAccepted();
        assertEquals(Attach.spare(Rig.WEB), rig.relay.leg().attach());
    }

    @Test
    void losingOneNodeLosesNoServerAndItsSparesAreMadeGood() throws Exception {
        FakeControl first = atFirstNode();
        FakeLeg spare = rig.relay.leg().accept();
        FakeControl second = next(Status.AVAILABLE);
        settled(second);
        first.socket().close();
        spare.socket().close();
        rig.logged(Level.WARN, "1 other connected");
        assertEquals(Attach.spare(Rig.WEB), rig.relay.leg().accept().attach());
        assertTrue(rig.served.isEmpty(), "served anew");
        settled(second);
        rig.relay.node = a;
        next(Status.AVAILABLE);
    }

    @Test
    void needMayComeFromEither() throws Exception {
        rig.web.put("spares", 0);
        FakeControl first = atFirstNode();
        FakeControl second = next(Status.AVAILABLE);
        for (FakeControl control : new FakeControl[] {first, second, first}) {
            var need = new Need(Rig.WEB, Token.random(rig.random), b);
            control.send(need);
            assertEquals(need.token(), rig.relay.leg().attach().token());
        }
    }

    @Test
    void aReloadIsToldToBoth() throws Exception {
        FakeControl first = atFirstNode();
        FakeControl second = next(Status.AVAILABLE);
        SecretFiles.create(
                rig.home.psk(new ServerId("mail")), Psk.generate(rig.random).format() + "\n");
        JsonObject mail = rig.web.copy().put("id", "mail");
        Rig.await(rig.reload(mail));
        for (FakeControl control : new FakeControl[] {first, second}) {
            assertEquals(Rig.WEB, control.next(Unregister.class).id());
            assertEquals(new ServerId("mail"), control.answer(Status.AVAILABLE).id());
        }
        Rig.await(rig.reload(mail.copy().put("mode", "exclusive")));
        for (FakeControl control : new FakeControl[] {first, second}) {
            assertEquals(Mode.EXCLUSIVE, control.answer(Status.AVAILABLE).mode());
        }
    }

    @Test
    void anIdThatOneNodeDoesNotTakeIsServedOverTheOtherAndTriedAgain() throws Exception {
        rig.web.put("spares", 0);
        FakeControl first = atFirstNode();
        FakeControl second = next(Status.LIMIT);
        rig.logged(Level.INFO, "web is not served over node " + b);
        assertEquals(0, rig.loggedTimes("WARN"));
        second.answer(Status.AVAILABLE);
        settled(second);
        first.registered(Rig.WEB, Status.WITHDRAWN);
        rig.logged(Level.INFO, "web is not served over node " + a);
        second.registered(Rig.WEB, Status.WITHDRAWN);
        rig.logged(Level.WARN, "web is not served");
    }

    /** Guards: BYE came before the new node knew the ids, so that for a moment nobody served them. */
    @Test
    void aNodeThatStopsIsLeftOnlyWhenTheNextHasEveryId() throws Exception {
        rig.web.put("spares", 0);
        SecretFiles.create(
                rig.home.psk(new ServerId("mail")), Psk.generate(rig.random).format() + "\n");
        rig.connections(1);
        var deployed =
                rig.deploy(new JsonArray().add(rig.web).add(rig.web.copy().put("id", "mail")));
        FakeControl old = rig.relay.session();
        old.answer(Status.AVAILABLE);
        old.answer(Status.AVAILABLE);
        Rig.await(deployed);
        rig.relay.node = b;
        old.send(new GoAway(GoAway.DRAIN, 600));
        FakeControl next = rig.relay.session();
        next.answer(Status.AVAILABLE);
        ServerId late = next.next(Register.class).id();
        assertHearsNothing(old);
        var need = new Need(late, Token.random(rig.random), a);
        old.send(need);
        assertEquals(need.token(), rig.relay.leg().attach().token());
        next.registered(late, Status.IN_USE);
        assertHearsNothing(old);
        next.answer(Status.AVAILABLE);
        old.next(Bye.class);
        old.socket().close();
        assertHearsNothing(next);
        assertEquals(0, rig.loggedTimes("lost the relay"));
    }

    @Test
    void howManyIsAMatterOfTheConfigAndDoesNotReload() throws Exception {
        for (int wrong : new int[] {0, 5}) {
            rig.connections(wrong);
            Throwable e = assertThrows(ExecutionException.class, () -> Rig.await(rig.deploy()))
                    .getCause();
            assertTrue(assertInstanceOf(SettingsException.class, e).getMessage().contains("connections"));
        }
        rig.connections(1);
        FakeControl only = atFirstNode();
        assertNull(rig.relay.sessions.poll());
        assertHearsNothing(only);
        assertNull(rig.relay.sessions.poll(), "one is enough");
        JsonObject two = new JsonObject()
                .put("home", rig.home.directory().toString())
                .put("connections", 2)
                .put("servers", new JsonArray().add(rig.web));
        Throwable e = assertThrows(ExecutionException.class, () -> Rig.await(rig.reloadConfig(two)))
                .getCause();
        assertTrue(assertInstanceOf(SettingsException.class, e).getMessage().contains("connections"));
    }
}
