package dev.tcprelay.protocol.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tcprelay.protocol.files.ClusterKey;
import dev.tcprelay.protocol.noise.AuthenticationException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** ATTACH between nodes: rules M57 to M59. */
class PeerKeysTest {

    private static final ClusterKey OLD = ClusterKey.of(FixedRandom.first("cluster", 32));
    private static final ClusterKey NEW = ClusterKey.of(FixedRandom.first("next cluster", 32));
    private static final NodeId DIALLER = NodeId.random(Fixture.RANDOM);
    private static final NodeId INTENDED = NodeId.random(Fixture.RANDOM);

    private static byte[] body(Hello hello, ClusterKey... keys) {
        return Fixture.body(new PeerKeys(List.of(keys))
                .dial(hello, DIALLER, INTENDED, Fixture.RANDOM)
                .request(Attach.peer()));
    }

    private static NodeId opened(Hello hello, byte[] body, NodeId self, ClusterKey... keys)
            throws AuthenticationException {
        return new PeerKeys(List.of(keys)).open(AttachResponder.read(hello, body), self);
    }

    private static void refused(Hello hello, byte[] body, NodeId self, ClusterKey... keys) {
        assertThrows(AuthenticationException.class, () -> opened(hello, body, self, keys));
    }

    @Test
    void m58_duringARotationTheFirstKeySealsAndBothOpen() throws Exception {
        Hello hello = Fixture.hello(Role.PEER);
        byte[] byOld = body(hello, OLD, NEW);
        assertEquals(DIALLER, opened(hello, byOld, INTENDED, OLD));
        assertEquals(DIALLER, opened(hello, byOld, INTENDED, NEW, OLD));
        refused(hello, byOld, INTENDED, NEW);
        assertThrows(IllegalArgumentException.class, () -> new PeerKeys(List.of()));
    }

    @Test
    void m59_aLinkForAnotherNodeIsRefused() {
        Hello hello = Fixture.hello(Role.PEER);
        byte[] body = body(hello, OLD);
        refused(hello, body, DIALLER, OLD);
        refused(hello, body, NodeId.random(Fixture.RANDOM), OLD);
    }

    @Test
    void m59_aReplayUnderAnotherHelloIsRefused() {
        refused(Fixture.hello(Role.PEER), body(Fixture.hello(Role.PEER), OLD), INTENDED, OLD);
    }

    @Test
    void everyBitFlippedAndEveryOtherLengthAreRefused() {
        Hello hello = Fixture.hello(Role.PEER);
        byte[] body = body(hello, OLD);
        assertEquals(2 + 36 + 32 + 144, body.length);
        for (int bit = 0; bit < 8 * body.length; bit++) {
            refused(hello, Fixture.flipped(body, bit), INTENDED, OLD, NEW);
        }
        for (int length = 0; length < 440; length++) {
            if (length != body.length) {
                refused(hello, Arrays.copyOf(body, length), INTENDED, OLD, NEW);
            }
        }
    }

    @Test
    void theTicketOfAClientOrSkeletonOpensNoPeerLink() {
        Hello hello = Fixture.hello(Role.PEER);
        var claims = new TicketClaims(
                Role.SKELETON,
                Fixture.ANN_NAME,
                TicketSecret.random(Fixture.RANDOM),
                2000,
                1,
                Instance.random(Fixture.RANDOM));
        SealedTicket ticket = new Tickets(List.of(OLD)).seal(claims, 1000, Fixture.RANDOM);
        byte[] body = Fixture.body(
                new AttachInitiator(hello, ticket, claims.secret(), Fixture.RANDOM).request(Attach.peer()));
        refused(hello, body, INTENDED, OLD);
    }

    @Test
    void theSecretIsNotShown() {
        assertFalse(new PeerKeys(List.of(OLD)).toString().matches(".*[0-9a-f]{8}.*"));
    }
}
