package dev.tcprelay.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.tcprelay.protocol.wire.Outcome;
import dev.tcprelay.protocol.wire.TunnelRecord;
import io.vertx.core.transport.Transport;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Records that are altered, lost, out of place or cut short: the application has exactly what was authentic. */
class SealedStreamTest {
    private Rig rig;

    @BeforeEach
    void open() throws Exception {
        rig = new Rig(Transport.NIO);
    }

    @AfterEach
    void close() throws Exception {
        rig.close();
    }

    /** What the other end, or somebody in between, does. */
    interface Attack {
        void on(SealedRig tunnel) throws Exception;
    }

    private static Arguments attack(String name, String prefix, Attack attack) {
        return Arguments.of(name, prefix, attack);
    }

    private static byte[] flipped(byte[] record, int at) {
        byte[] altered = record.clone();
        altered[at] ^= 1;
        return altered;
    }

    private static byte[] junk(int length, int bytes) {
        byte[] junk = new byte[2 + bytes];
        junk[0] = (byte) (length >> 8);
        junk[1] = (byte) length;
        return junk;
    }

    /** What a client, or somebody on its way, may try on a skeleton. */
    static Stream<Arguments> attacks() {
        return Stream.of(
                attack("a record dropped", "one", tunnel -> {
                    byte[] first = tunnel.data("one");
                    tunnel.data("two");
                    tunnel.send(first, tunnel.data("three"));
                }),
                attack("a record repeated", "one", tunnel -> {
                    byte[] first = tunnel.data("one");
                    tunnel.send(first, first, tunnel.data("two"));
                }),
                attack("two records changed", "", tunnel -> {
                    byte[] first = tunnel.data("one");
                    tunnel.send(tunnel.data("two"), first);
                }),
                attack(
                        "the length longer",
                        "one",
                        tunnel ->
                                tunnel.send(tunnel.data("one"), flipped(tunnel.data("two"), 1), tunnel.data("three"))),
                attack(
                        "the length shorter",
                        "one",
                        tunnel ->
                                tunnel.send(tunnel.data("one"), flipped(tunnel.data("four"), 1), tunnel.data("three"))),
                attack(
                        "a bit of the body",
                        "one",
                        tunnel -> tunnel.send(tunnel.data("one"), flipped(tunnel.data("two"), 3))),
                attack("a bit of the tag", "one", tunnel -> {
                    byte[] first = tunnel.data("one");
                    byte[] second = tunnel.data("two");
                    tunnel.send(first, flipped(second, second.length - 1), tunnel.data("three"));
                }),
                attack("length 0", "one", tunnel -> tunnel.send(tunnel.data("one"), junk(0, 0))),
                attack("length 16", "one", tunnel -> tunnel.send(tunnel.data("one"), junk(16, 16))),
                attack("junk of length 17", "one", tunnel -> tunnel.send(tunnel.data("one"), junk(17, 17))),
                attack("junk of length 65535", "one", tunnel -> tunnel.send(tunnel.data("one"), junk(65_535, 65_535))),
                attack("empty DATA", "one", tunnel -> tunnel.send(tunnel.data("one"), tunnel.seal(TunnelRecord.DATA))),
                attack(
                        "EOF with a body",
                        "one",
                        tunnel -> tunnel.send(tunnel.data("one"), tunnel.seal(TunnelRecord.EOF, (byte) 1))),
                attack(
                        "an unknown type",
                        "one",
                        tunnel -> tunnel.send(
                                tunnel.data("one"), tunnel.peerRecords.sealer().seal(new byte[] {9, 9}))),
                attack(
                        "RESULT of a client",
                        "one",
                        tunnel -> tunnel.send(tunnel.data("one"), tunnel.seal(TunnelRecord.RESULT, (byte) 0))),
                attack(
                        "an unknown code of CLOSE",
                        "one",
                        tunnel -> tunnel.send(tunnel.data("one"), tunnel.seal(TunnelRecord.CLOSE, (byte) 3))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("attacks")
    void theApplicationGetsTheAuthenticPrefixAndAReset(String name, String prefix, Attack attack) throws Exception {
        SealedRig tunnel = SealedRig.skeleton(rig);
        attack.on(tunnel);
        tunnel.assertReset(prefix);
        assertEquals(0, tunnel.received.ends.get(), name);
    }

    /** FIN inside a record, after its length, and between records without EOF: a reset, never an end of file. */
    @Test
    void aFinWithoutEofIsAReset() throws Exception {
        for (int cut : new int[] {0, 1, 2, 9}) {
            SealedRig tunnel = SealedRig.skeleton(rig);
            tunnel.send(tunnel.data("one"), Arrays.copyOf(tunnel.data("two"), cut));
            tunnel.peer.shutdownOutput();
            tunnel.assertReset("one");
            assertEquals(0, tunnel.received.ends.get(), () -> "cut at " + cut);
        }
    }

    /** DATA and a second EOF after EOF: the end was authentic and is told, then comes the reset. */
    @Test
    void nothingFollowsEof() throws Exception {
        for (TunnelRecord next : List.of(TunnelRecord.DATA, TunnelRecord.EOF)) {
            SealedRig tunnel = SealedRig.skeleton(rig);
            byte[] eof = tunnel.seal(TunnelRecord.EOF);
            byte[] more = next == TunnelRecord.DATA ? tunnel.data("two") : tunnel.seal(next);
            tunnel.send(eof, more);
            tunnel.assertReset("");
            assertEquals(1, tunnel.received.ends.get());
        }
    }

    @Test
    void theRecordsOfAnotherTunnelDoNotOpen() throws Exception {
        SealedRig one = SealedRig.skeleton(rig);
        SealedRig two = SealedRig.skeleton(rig);
        byte[] ofOne = one.data("one");
        one.send(two.data("two"));
        two.send(ofOne);
        one.assertReset("");
        two.assertReset("");
    }

    /** What a skeleton, or somebody on its way, may try on a client. */
    static Stream<Arguments> attacksOnClients() {
        return Stream.of(
                attack("DATA before RESULT", "", tunnel -> tunnel.send(tunnel.data("one"))),
                attack("EOF before RESULT", "", tunnel -> tunnel.send(tunnel.seal(TunnelRecord.EOF))),
                attack("FIN before RESULT", "", tunnel -> tunnel.peer.shutdownOutput()),
                attack("an unknown code", "", tunnel -> tunnel.send(tunnel.seal(TunnelRecord.RESULT, (byte) 5))),
                attack("a RESULT without a code", "", tunnel -> tunnel.send(tunnel.seal(TunnelRecord.RESULT))),
                attack("RESULT twice", "one", tunnel -> {
                    byte[] ok = tunnel.seal(TunnelRecord.RESULT, (byte) 0);
                    tunnel.send(ok, tunnel.data("one"), tunnel.seal(TunnelRecord.RESULT, (byte) 0));
                }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("attacksOnClients")
    void theClientGetsTheAuthenticPrefixAndAReset(String name, String prefix, Attack attack) throws Exception {
        SealedRig tunnel = SealedRig.client(rig);
        List<Outcome> told = new ArrayList<>();
        Rig.run(tunnel.leg, () -> tunnel.stream.onResult(told::add));
        attack.on(tunnel);
        tunnel.assertReset(prefix);
        assertEquals(prefix.isEmpty() ? List.of() : List.of(Outcome.OK), told, name);
    }

    /** A refusal is told once, and is an orderly end. */
    @Test
    void aRefusalIsNoReset() throws Exception {
        for (Outcome outcome : Outcome.values()) {
            if (outcome != Outcome.OK) {
                SealedRig tunnel = SealedRig.client(rig);
                List<Outcome> told = new ArrayList<>();
                Rig.run(tunnel.leg, () -> tunnel.stream.onResult(told::add));
                tunnel.send(tunnel.seal(TunnelRecord.RESULT, (byte) outcome.code()));
                tunnel.peer.shutdownOutput();
                assertNull(tunnel.received.awaitClosed());
                assertEquals(List.of(outcome), told);
                assertEquals(0, tunnel.received.ends.get());
            }
        }
    }

    /** CLOSE aborted, going away, and a reset of the connection: everything before it is delivered first. */
    @Test
    void whatCameBeforeACloseIsDelivered() throws Exception {
        for (byte code : new byte[] {1, 2}) {
            SealedRig tunnel = SealedRig.skeleton(rig);
            tunnel.send(tunnel.data("one"), tunnel.data("two"), tunnel.seal(TunnelRecord.CLOSE, code));
            ConnectionLost lost = tunnel.received.awaitClosed();
            assertNotNull(lost);
            assertEquals(ConnectionLost.Kind.RESET, lost.kind());
            assertEquals("onetwo", tunnel.text());
        }
        SealedRig tunnel = SealedRig.skeleton(rig);
        tunnel.send(tunnel.data("one"));
        Rig.await(() -> tunnel.received.count.get() == 3);
        tunnel.peer.setSoLinger(true, 0);
        tunnel.peer.close();
        ConnectionLost lost = tunnel.received.awaitClosed();
        assertNotNull(lost);
        assertEquals(ConnectionLost.Kind.RESET, lost.kind());
        assertEquals(0, tunnel.received.ends.get());
    }

    @Test
    void recordsAreFoundByteByByte() throws Exception {
        SealedRig tunnel = SealedRig.skeleton(rig);
        for (String text : List.of("a", "quite a long record, longer than its neighbours", "b")) {
            for (byte one : tunnel.data(text)) {
                tunnel.send(new byte[] {one});
            }
        }
        for (byte one : tunnel.seal(TunnelRecord.EOF)) {
            tunnel.send(new byte[] {one});
        }
        tunnel.received.awaitEnded();
        assertEquals("aquite a long record, longer than its neighboursb", tunnel.text());
    }
}
