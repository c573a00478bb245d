package dev.tcprelay.protocol.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.protocol.files.ServerId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Control messages: rule M16 and the page of M18. */
class ControlCodecTest {

    private static final Set<Sender> ANY = Set.of(Sender.RELAY, Sender.CLIENT, Sender.SKELETON);
    private static final Set<Sender> RELAY = Set.of(Sender.RELAY);
    private static final Set<Sender> CLIENT = Set.of(Sender.CLIENT);
    private static final Set<Sender> SKELETON = Set.of(Sender.SKELETON);
    private static final NodeId NODE = new NodeId(FixedRandom.first("node", 16));

    static Stream<Arguments> messages() {
        ControlMessage.Listed listed = new ControlMessage.Listed(Fixture.WEB, 2);
        return Stream.of(
                Arguments.of(
                        new ControlMessage.Confirm(Instance.random(Fixture.RANDOM)),
                        Set.of(Sender.CLIENT, Sender.SKELETON)),
                Arguments.of(new ControlMessage.Welcome(NODE, 7000, 7001, 0, null), RELAY),
                Arguments.of(new ControlMessage.Welcome(NODE, 1, 65_535, 3, Fixture.RELAY_KEY), RELAY),
                Arguments.of(
                        new ControlMessage.Ticket(
                                new SealedTicket(new byte[255]), TicketSecret.random(Fixture.RANDOM), 1800),
                        RELAY),
                Arguments.of(new ControlMessage.Ping(), ANY),
                Arguments.of(new ControlMessage.Pong(), ANY),
                Arguments.of(new ControlMessage.GoAway("drain", 600), RELAY),
                Arguments.of(new ControlMessage.Bye(), ANY),
                Arguments.of(new ControlMessage.Fault("of-a-later-version", "na\u00efve \"text\""), ANY),
                Arguments.of(new ControlMessage.ListServers(null), CLIENT),
                Arguments.of(new ControlMessage.ListServers(Fixture.WEB), CLIENT),
                Arguments.of(new ControlMessage.Servers(List.of(), false), RELAY),
                Arguments.of(new ControlMessage.Servers(List.of(listed, listed), true), RELAY),
                Arguments.of(new ControlMessage.Register(Fixture.WEB, Mode.GROUP), SKELETON),
                Arguments.of(new ControlMessage.Register(Fixture.WEB, Mode.EXCLUSIVE), SKELETON),
                Arguments.of(new ControlMessage.Registered(Fixture.WEB, Status.IN_USE), RELAY),
                Arguments.of(new ControlMessage.Unregister(Fixture.WEB), SKELETON),
                Arguments.of(new ControlMessage.Need(Fixture.WEB, Token.random(Fixture.RANDOM), NODE), RELAY));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void m16_aMessageComesOnlyFromThoseWhoMaySendIt(ControlMessage message, Set<Sender> senders) throws Exception {
        byte[] plain = ControlCodec.encode(message);
        for (Sender from : Sender.values()) {
            if (senders.contains(from)) {
                assertEquals(message, ControlCodec.decode(plain, from));
            } else {
                assertThrows(ProtocolException.class, () -> ControlCodec.decode(plain, from));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("messages")
    void everyTruncationAndOneByteMoreAreRefused(ControlMessage message, Set<Sender> senders) {
        byte[] plain = ControlCodec.encode(message);
        Sender from = senders.iterator().next();
        for (int length = 0; length < plain.length; length++) {
            byte[] cut = Arrays.copyOf(plain, length);
            assertThrows(ProtocolException.class, () -> ControlCodec.decode(cut, from));
        }
        byte[] longer = Arrays.copyOf(plain, plain.length + 1);
        longer[plain.length] = '}';
        assertThrows(ProtocolException.class, () -> ControlCodec.decode(longer, from));
    }

    private static byte[] plain(int type, String body) {
        return Fields.join(new byte[] {(byte) type}, body.getBytes(StandardCharsets.UTF_8));
    }

    private static void refused(int type, String body, Sender from) {
        assertThrows(ProtocolException.class, () -> ControlCodec.decode(plain(type, body), from), body);
    }

    @Test
    void theBytesAreThoseOfTheDocument() throws Exception {
        assertEquals(
                new ControlMessage.Register(Fixture.WEB, Mode.GROUP),
                ControlCodec.decode(plain(0x20, "{\"id\":\"web\",\"mode\":\"group\"}"), Sender.SKELETON));
        assertEquals(
                "\u0011{\"servers\":[{\"id\":\"web\",\"skeletons\":1}],\"more\":false}",
                new String(
                        ControlCodec.encode(
                                new ControlMessage.Servers(List.of(new ControlMessage.Listed(Fixture.WEB, 1)), false)),
                        StandardCharsets.UTF_8));
    }

    @Test
    void m16_unknownFieldsAreIgnored() throws Exception {
        String body = " {\"x\":null,\"id\":\"web\",\"y\":[1.5,{\"z\":12345678901234567890}],\"more\":true} ";
        assertEquals(
                new ControlMessage.Unregister(Fixture.WEB), ControlCodec.decode(plain(0x22, body), Sender.SKELETON));
        assertEquals(new ControlMessage.Ping(), ControlCodec.decode(plain(4, "{\"later\":{}}"), Sender.CLIENT));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "[]",
                "null",
                "\"web\"",
                "{\"id\":null}",
                "{\"id\":1}",
                "{\"id\":[\"web\"]}",
                "{\"id\":{\"id\":\"web\"}}",
                "{\"id\":\"\"}",
                "{\"id\":\"Web\"}",
                "{\"id\":\"web\\u0000\"}",
                "{\"ID\":\"web\"}",
                "{\"id\":\"web\",\"id\":\"web\"}",
                "{\"id\":\"web\"}{}",
                "{\"id\":\"web\"} x",
                "{\"id\":\"web\",}",
                "{'id':'web'}",
                "{id:\"web\"}",
                "/**/{\"id\":\"web\"}",
                "\ufeff{\"id\":\"web\"}",
                "{\"id\":\"web\",\"x\":NaN}",
                "{\"id\":\"web\",\"x\":01}",
                "{\"id\":\"web\",\"x\":[[[[[[[[[[]]]]]]]]]]}",
                "{\"id\":\"web\",\"x\":123456789012345678901234567890123}"
            })
    void m16_whatIsNotExactlyTheObjectIsRefused(String body) {
        refused(0x22, body, Sender.SKELETON);
    }

    @Test
    void m16_otherEncodingsThanUtf8AreRefused() {
        String body = "{\"id\":\"web\"}";
        for (byte[] bytes : List.of(
                body.getBytes(StandardCharsets.UTF_16BE),
                body.getBytes(StandardCharsets.UTF_16LE),
                "{\"id\":\"web\",\"x\":\"\u00e4\"}".getBytes(StandardCharsets.ISO_8859_1),
                Fields.join(
                        "{\"id\":\"web\",\"x\":\"".getBytes(StandardCharsets.UTF_8),
                        new byte[] {(byte) 0xc0, (byte) 0xaf},
                        "\"}".getBytes(StandardCharsets.UTF_8)))) {
            byte[] plain = Fields.join(new byte[] {0x22}, bytes);
            assertThrows(ProtocolException.class, () -> ControlCodec.decode(plain, Sender.SKELETON));
        }
    }

    @Test
    void m16_mistypedValuesAreRefused() {
        String token = "AAAAAAAAAAAAAAAAAAAAAA==";
        String node = "00112233445566778899aabbccddeeff";
        for (String wrong : List.of("AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAB==", "AAAA", "!", token + "\\n")) {
            refused(0x23, need(wrong, node), Sender.RELAY);
        }
        for (String wrong :
                List.of("", node.substring(1), node + "0", node.replace('f', 'g'), "-" + node.substring(1))) {
            refused(0x23, need(token, wrong), Sender.RELAY);
        }
        refused(0x20, "{\"id\":\"web\",\"mode\":\"GROUP\"}", Sender.SKELETON);
        refused(0x21, "{\"id\":\"web\",\"status\":\"\"}", Sender.RELAY);
        for (String number : List.of("-1", "1.0", "1e3", "\"1\"", "2147483648", "99999999999999999999", "true")) {
            refused(0x06, "{\"reason\":\"drain\",\"grace\":" + number + "}", Sender.RELAY);
            refused(0x11, "{\"servers\":[{\"id\":\"a\",\"skeletons\":" + number + "}],\"more\":false}", Sender.RELAY);
        }
        refused(0x11, "{\"servers\":[\"a\"],\"more\":false}", Sender.RELAY);
        refused(0x11, "{\"servers\":{},\"more\":false}", Sender.RELAY);
        refused(0x11, "{\"servers\":[],\"more\":0}", Sender.RELAY);
        for (String port : List.of("0", "65536")) {
            refused(0x02, "{\"node\":\"" + node + "\",\"clientPort\":" + port + ",\"skeletonPort\":1}", Sender.RELAY);
        }
        for (String nodes : List.of("0", "-1", "\"1\"", "null", "1.0", "2147483648")) {
            refused(
                    0x02,
                    "{\"node\":\"" + node + "\",\"clientPort\":1,\"skeletonPort\":1,\"nodes\":" + nodes + "}",
                    Sender.RELAY);
        }
        String lowOrder = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        refused(
                0x02,
                "{\"node\":\"" + node + "\",\"clientPort\":1,\"skeletonPort\":1,\"nextKey\":\"" + lowOrder + "\"}",
                Sender.RELAY);
        refused(0x03, "{\"ticket\":\"\",\"secret\":\"" + lowOrder + "\",\"lifetime\":1}", Sender.RELAY);
        refused(0x03, "{\"ticket\":\"AAAA\",\"secret\":\"" + token + "\",\"lifetime\":1}", Sender.RELAY);
        refused(
                0x03,
                "{\"ticket\":\"" + "AAAA".repeat(86) + "\",\"secret\":\"" + lowOrder + "\",\"lifetime\":1}",
                Sender.RELAY);
    }

    private static String need(String token, String node) {
        return "{\"id\":\"web\",\"token\":\"" + token + "\",\"node\":\"" + node + "\"}";
    }

    @Test
    void m16_unknownTypesAreRefused() {
        for (int type = 0; type < 256; type++) {
            boolean known = type >= 1 && type <= 8 || type == 0x10 || type == 0x11 || type >= 0x20 && type <= 0x23;
            if (!known) {
                refused(type, "{}", Sender.RELAY);
            }
        }
        assertThrows(ProtocolException.class, () -> ControlCodec.decode(new byte[0], Sender.RELAY));
    }

    @Test
    void m18_pagesHoldEveryServerOnceInOrderAndStayBelowTwelveKibibytes() throws Exception {
        List<ControlMessage.Listed> all = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            all.add(new ControlMessage.Listed(new ServerId(String.format("%064d", i)), Integer.MAX_VALUE - i));
        }
        List<ControlMessage.Listed> seen = new ArrayList<>();
        boolean more = true;
        while (more) {
            Iterator<ControlMessage.Listed> rest =
                    all.subList(seen.size(), all.size()).iterator();
            ControlMessage.Servers page = ControlMessage.Servers.page(rest);
            byte[] plain = ControlCodec.encode(page);
            assertTrue(plain.length - 1 <= 12 * 1024);
            assertFalse(page.servers().isEmpty());
            assertEquals(page, ControlCodec.decode(plain, Sender.RELAY));
            seen.addAll(page.servers());
            more = page.more();
            assertTrue(!more || plain.length - 1 > 12 * 1024 - 110, "a page is filled");
        }
        assertEquals(all, seen);
    }

    @Test
    void textsOfTheOtherSideCannotSteerATerminal() throws Exception {
        String body = "{\"code\":\"x\\u001b[2J\",\"message\":\"a\\nb\\u202e\\u009b" + "c".repeat(300) + "\"}";
        ControlMessage.Fault fault = (ControlMessage.Fault) ControlCodec.decode(plain(8, body), Sender.RELAY);
        assertEquals("x?[2J", fault.code());
        assertEquals("a?b??" + "c".repeat(251), fault.message());
    }

    @Test
    void secretsStayOutOfToString() {
        TicketSecret secret = TicketSecret.random(Fixture.RANDOM);
        String shown = new ControlMessage.Ticket(new SealedTicket(secret.bytes()), secret, 1).toString();
        assertFalse(shown.contains(secret.hex()), shown);
        Token token = Token.random(Fixture.RANDOM);
        assertFalse(new ControlMessage.Need(Fixture.WEB, token, NODE).toString().contains(token.hex()));
    }
}
