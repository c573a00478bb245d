package dev.tcprelay.client;

import static dev.tcprelay.client.ClientRig.MAIL;
import static dev.tcprelay.client.ClientRig.WEB;
import static dev.tcprelay.client.ClientRig.reply;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.client.FakeSkeleton.Raw;
import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.protocol.wire.EndToEndInitiator;
import dev.tcprelay.protocol.wire.TunnelRecord;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A relay that alters, drops, repeats, swaps or invents what passes through a tunnel. */
class AttackedTunnelTest {
    private ClientRig rig;

    @BeforeEach
    void begin() throws Exception {
        rig = new ClientRig();
    }

    @AfterEach
    void end() throws Exception {
        rig.close();
    }

    /** What the application reads until its connection is reset; an orderly end fails the test. */
    private static String prefixBeforeReset(Socket app) {
        var all = new ByteArrayOutputStream();
        assertThrows(SocketException.class, () -> {
            for (int b = app.getInputStream().read();
                    b >= 0;
                    b = app.getInputStream().read()) {
                all.write(b);
            }
        });
        return ProxyTalk.text(all.toByteArray());
    }

    private static byte[] flipped(byte[] record, int at) {
        byte[] altered = record.clone();
        altered[at] ^= 1;
        return altered;
    }

    private static Arguments attack(String name, String prefix, Consumer<Raw> attack) {
        return Arguments.of(name, prefix, attack);
    }

    static Stream<Arguments> attacks() {
        return Stream.of(
                attack("a record is dropped", "one", raw -> {
                    byte[] first = raw.data("one");
                    raw.seal(TunnelRecord.DATA, (byte) 'x');
                    raw.send(first, raw.data("three"));
                }),
                attack("a record is repeated", "one", raw -> {
                    byte[] first = raw.data("one");
                    raw.send(first, first, raw.data("two"));
                }),
                attack("two records change places", "", raw -> {
                    byte[] first = raw.data("one");
                    raw.send(raw.data("two"), first);
                }),
                attack(
                        "a bit of the length",
                        "one",
                        raw -> raw.send(raw.data("one"), flipped(raw.data("two"), 1), raw.data("three"))),
                attack("a bit of the body", "one", raw -> raw.send(raw.data("one"), flipped(raw.data("two"), 3))),
                attack("a bit of the tag", "one", raw -> {
                    byte[] first = raw.data("one");
                    byte[] second = raw.data("two");
                    raw.send(first, flipped(second, second.length - 1));
                }),
                attack("FIN without EOF", "one", raw -> {
                    raw.send(raw.data("one"));
                    raw.leg().end();
                }),
                attack("FIN inside a record", "one", raw -> {
                    raw.send(raw.data("one"), java.util.Arrays.copyOf(raw.data("two"), 9));
                    raw.leg().end();
                }),
                attack("data without bytes", "one", raw -> raw.send(raw.data("one"), raw.seal(TunnelRecord.DATA))),
                attack("a second result", "one", raw -> raw.send(raw.data("one"), raw.result(), raw.data("two"))),
                attack("junk of the largest length", "one", raw -> {
                    byte[] junk = new byte[2 + 65_535];
                    junk[0] = -1;
                    junk[1] = -1;
                    raw.send(raw.data("one"), junk);
                }));
    }

    /** A record dropped, duplicated, reordered or bit-flipped: the application gets exactly the authentic prefix. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("attacks")
    void theApplicationGetsTheAuthenticPrefixAndAReset(String name, String prefix, Consumer<Raw> attack)
            throws Exception {
        List<Raw> ready = new CopyOnWriteArrayList<>();
        rig.relay.servers.put(WEB, FakeSkeleton.raw(rig.psk, raw -> {
            ready.add(raw);
            raw.send(raw.result());
        }));
        rig.start();
        Socket app = rig.open("web");
        Raw raw = ready.get(0);
        raw.leg().run(() -> attack.accept(raw));
        assertEquals(prefix, prefixBeforeReset(app), name);
    }

    /** Data after EOF: the end was authentic and is told, then both directions are reset. */
    @Test
    void dataAfterEofEndsBothDirections() throws Exception {
        rig.relay.servers.put(WEB, FakeSkeleton.raw(rig.psk, raw -> {
            raw.send(raw.result(), raw.data("one"), raw.seal(TunnelRecord.EOF), raw.data("two"));
        }));
        rig.start();
        Socket app = rig.open("web");
        assertThrows(SocketException.class, () -> {
            while (true) {
                app.getOutputStream().write(1);
            }
        });
    }

    /** Two tunnels whose records the relay swaps: both are reset. */
    @Test
    void swappedTunnelsAreBothReset() throws Exception {
        List<Raw> ready = new CopyOnWriteArrayList<>();
        Consumer<Raw> script = raw -> {
            ready.add(raw);
            raw.send(raw.result());
        };
        rig.relay.servers.put(WEB, FakeSkeleton.raw(rig.psk, script));
        rig.start();
        Socket one = rig.open("web");
        Socket two = rig.open("web");
        List<byte[]> records = new ArrayList<>();
        for (Raw raw : ready) {
            records.add(raw.data("secret"));
        }
        ready.get(0).leg().run(() -> ready.get(0).send(records.get(1)));
        ready.get(1).leg().run(() -> ready.get(1).send(records.get(0)));
        assertEquals("", prefixBeforeReset(one));
        assertEquals("", prefixBeforeReset(two));
    }

    /** A recorded message 1, sent again by the relay with the records that followed it: no data is accepted. */
    @Test
    void anOldMessage1OpensNothing() throws Exception {
        byte[] old = new EndToEndInitiator(WEB, rig.psk, new SecureRandom()).message1();
        List<byte[]> recorded = new CopyOnWriteArrayList<>();
        rig.relay.servers.put(MAIL, FakeSkeleton.raw(rig.psk, raw -> {
            byte[] result = raw.result();
            recorded.add(result);
            recorded.add(raw.data("stolen"));
            raw.send(result);
        }));
        rig.relay.servers.put(WEB, asked -> {
            asked.opened(old);
            for (byte[] record : recorded) {
                asked.leg().write(Unpooled.wrappedBuffer(record));
            }
            asked.leg().flush();
        });
        rig.start();
        rig.open("mail");
        Socket app = rig.ask("web");
        assertEquals(1, reply(app));
        assertEquals(-1, app.getInputStream().read());
    }

    /** The same without anything behind it: an error when the time for RESULT is over. */
    @Test
    void anOldMessage1WithoutResultIsATimeOut() throws Exception {
        byte[] old = new EndToEndInitiator(WEB, rig.psk, new SecureRandom()).message1();
        rig.relay.servers.put(WEB, asked -> asked.opened(old));
        rig.impatient().start();
        assertEquals(6, reply(rig.ask("web")));
    }

    /** The same psk, but the skeleton serves another id: refused. */
    @Test
    void anotherServersMessage1IsRefused() throws Exception {
        byte[] other = new EndToEndInitiator(MAIL, rig.psk, new SecureRandom()).message1();
        rig.relay.servers.put(WEB, asked -> asked.opened(other));
        rig.start();
        assertEquals(2, reply(rig.ask("web")));
    }

    @Test
    void anOrderlyEndIsNoReset() throws Exception {
        rig.relay.servers.put(WEB, FakeSkeleton.raw(rig.psk, raw -> {
            raw.send(raw.result(), raw.data("all"), raw.seal(TunnelRecord.EOF));
            raw.leg().end();
        }));
        rig.start();
        assertEquals("all", ProxyTalk.text(rig.open("web").getInputStream().readAllBytes()));
    }

    @Test
    void theWrongPskIsNoPartOfAnyMessage() throws Exception {
        Psk wrong = Psk.generate(new SecureRandom());
        rig.psks.put(WEB, List.of(wrong));
        rig.relay.servers.put(WEB, FakeSkeleton.raw(rig.psk, raw -> {}));
        rig.start();
        assertEquals(2, reply(rig.ask("web")));
        String secret = wrong.format();
        assertTrue(rig.log.list.stream()
                .noneMatch(event -> event.getFormattedMessage().contains(secret.substring(15))));
    }
}
