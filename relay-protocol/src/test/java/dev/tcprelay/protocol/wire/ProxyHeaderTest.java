package dev.tcprelay.protocol.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers of the PROXY protocol, version 2 (proxy-protocol.txt, section 2.2), byte by byte. */
class ProxyHeaderTest {
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
    /** 192.0.2.7:50000 to 10.0.0.1:7000. */
    private static final String IPV4 = SIGNATURE + "2111000c" + "c0000207" + "0a000001" + "c350" + "1b58";
    /** 2001:db8::7, port 50000, to ::1, port 7000. */
    private static final String IPV6 = SIGNATURE + "21210024" + "20010db8000000000000000000000007"
            + "00000000000000000000000000000001" + "c350" + "1b58";

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    /** As a receiver sees it: one more byte each time, then the source. */
    private static String source(String header) throws ProtocolException {
        byte[] bytes = hex(header);
        for (int i = 0; i < 16; i++) {
            assertEquals(Frames.UNKNOWN, ProxyHeader.size(bytes, 0, i));
        }
        for (int i = 16; i <= bytes.length; i++) {
            assertEquals(bytes.length, ProxyHeader.size(bytes, 0, i));
        }
        return ProxyHeader.source(bytes).map(HexFormat.of()::formatHex).orElse("its own");
    }

    @Test
    void theSourceOfTcpOverBothFamilies() throws ProtocolException {
        assertEquals("c0000207", source(IPV4));
        assertEquals("20010db8000000000000000000000007", source(IPV6));
    }

    @Test
    void whatFollowsTheAddressesIsSkipped() throws ProtocolException {
        assertEquals("c0000207", source(IPV4.replace("2111000c", "21110013") + "04000401020304" + ""));
        String whole = IPV4.replace("2111000c", "21110208") + "00".repeat(ProxyHeader.LARGEST - 28);
        assertEquals("c0000207", source(whole));
    }

    @Test
    void theBalancerItselfAndAnUnknownSourceAreTheConnectionsOwn() throws ProtocolException {
        assertEquals("its own", source(SIGNATURE + "20000000"));
        assertEquals("its own", source(SIGNATURE + "2011000c" + "00".repeat(12)));
        assertEquals("its own", source(SIGNATURE + "20fd0001" + "00"));
        assertEquals("its own", source(SIGNATURE + "21000000"));
        assertEquals("its own", source(SIGNATURE + "21000003" + "030000"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00", // another signature
                "0d0a0d0a000d0a515549540b",
                SIGNATURE + "11", // version 1 in the form of version 2
                SIGNATURE + "31",
                SIGNATURE + "22", // an unknown command
                SIGNATURE + "2101", // TCP or UDP over nothing
                SIGNATURE + "2110",
                SIGNATURE + "2112", // UDP
                SIGNATURE + "2122",
                SIGNATURE + "2131", // Unix
                SIGNATURE + "2132",
                SIGNATURE + "2141",
                SIGNATURE + "2113",
                SIGNATURE + "2111000b", // too short for its addresses
                SIGNATURE + "21210023",
                SIGNATURE + "21110000",
                SIGNATURE + "21110209", // one byte too long
                SIGNATURE + "2000ffff"
            })
    void refusedWithTheFirstByteThatIsWrong(String start) throws ProtocolException {
        byte[] bytes = hex(start);
        int length = start.length() / 2 == 16 ? bytes.length - 2 : bytes.length - 1;
        for (int i = 0; i <= length; i++) {
            assertEquals(Frames.UNKNOWN, ProxyHeader.size(bytes, 0, i));
        }
        assertThrows(ProtocolException.class, () -> ProxyHeader.size(bytes, 0, bytes.length));
    }

    @Test
    void versionOneIsRefused() {
        byte[] line = "PROXY TCP4 192.0.2.7 10.0.0.1 50000 7000\r\n".getBytes(StandardCharsets.US_ASCII);
        assertThrows(ProtocolException.class, () -> ProxyHeader.size(line, 0, 1));
    }

    /** Random and mutated headers, the same in every run: a size within the limit and a source, or a refusal. */
    @Test
    void nothingElseThanARefusalComesOut() {
        Random random = new Random(20_261_122);
        int taken = 0;
        for (int round = 0; round < 200_000; round++) {
            byte[] header = hex(random.nextBoolean() ? IPV4 : IPV6);
            byte[] in = Arrays.copyOf(header, random.nextInt(ProxyHeader.LARGEST + 64));
            for (int i = random.nextInt(4); i > 0 && in.length > 0; i--) {
                in[random.nextInt(Math.min(in.length, 20))] = (byte) random.nextInt();
            }
            try {
                int size = ProxyHeader.size(in, 0, in.length);
                if (size != Frames.UNKNOWN && size <= in.length) {
                    assertTrue(size >= 16 && size <= ProxyHeader.LARGEST);
                    byte[] whole = Arrays.copyOf(in, size);
                    ProxyHeader.source(whole)
                            .ifPresent(source ->
                                    assertArrayEquals(source, Arrays.copyOfRange(whole, 16, 16 + source.length)));
                    taken++;
                }
            } catch (ProtocolException e) {
                assertEquals(null, e.getCause());
            }
        }
        assertTrue(taken > 1000, "only " + taken + " were taken");
    }
}
