package dev.tcprelay.protocol.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Which record may follow which: rules M42 and M44 to M48, their pure parts. */
class StreamRulesTest {

    /**
     * One record for each letter: d DATA, e EOF, c CLOSE, r RESULT ok, x RESULT refused. Returns how many were taken.
     */
    private static int taken(StreamRules rules, String records) {
        for (int i = 0; i < records.length(); i++) {
            byte[] plain = switch (records.charAt(i)) {
                case 'd' -> new byte[] {1, 'x'};
                case 'e' -> new byte[] {2};
                case 'r' -> new byte[] {3, 0};
                case 'x' -> new byte[] {3, 1};
                default -> new byte[] {4, 1};
            };
            try {
                rules.accept(plain, 0, plain.length);
            } catch (ProtocolException e) {
                return i;
            }
        }
        return records.length();
    }

    @ParameterizedTest
    @CsvSource({"dddec,5", "ec,2", "c,1", "ed,1", "ee,1", "ecc,2", "cd,1", "ce,1", "cc,1", "r,0", "dr,1", "er,1", "x,0"
    })
    void m45_m48_whatAClientMaySend(String records, int taken) {
        assertEquals(taken, taken(StreamRules.ofClient(), records));
    }

    @ParameterizedTest
    @CsvSource({
        "rdddec,6",
        "rec,3",
        "rc,2",
        "d,0",
        "e,0",
        "c,0",
        "rr,1",
        "rx,1",
        "red,2",
        "ree,2",
        "rer,2",
        "recc,3",
        "rcd,2",
        "x,1",
        "xd,1",
        "xe,1",
        "xc,1",
        "xr,1"
    })
    void m42_m48_whatASkeletonMaySend(String records, int taken) {
        assertEquals(taken, taken(StreamRules.ofSkeleton(), records));
    }

    @Test
    void m46_onlyEofCloseOrARefusalEndsADirection() {
        StreamRules client = StreamRules.ofClient();
        assertFalse(client.ended());
        assertEquals(2, taken(client, "dd"));
        assertFalse(client.ended());
        assertEquals(1, taken(client, "e"));
        assertTrue(client.ended());
        StreamRules skeleton = StreamRules.ofSkeleton();
        assertFalse(skeleton.ended());
        assertEquals(1, taken(skeleton, "x"));
        assertTrue(skeleton.ended());
    }

    @Test
    void m48_emptyDataUnknownTypesAndBodiesOfTheWrongLengthAreRefused() {
        for (int type = 0; type < 256; type++) {
            for (int length : new int[] {0, 1, 2, 3}) {
                byte[] plain = new byte[10];
                plain[5] = (byte) type;
                plain[6] = 1;
                boolean right = type == 1 && length >= 2 || type == 2 && length == 1 || type == 4 && length == 2;
                StreamRules rules = StreamRules.ofClient();
                if (right) {
                    assertEquals(1, accepted(rules, plain, length));
                } else {
                    assertThrows(ProtocolException.class, () -> rules.accept(plain, 5, length));
                }
            }
        }
    }

    private static int accepted(StreamRules rules, byte[] plain, int length) {
        try {
            return rules.accept(plain, 5, length).type() == plain[5] ? 1 : 0;
        } catch (ProtocolException e) {
            return -1;
        }
    }

    @ParameterizedTest
    @EnumSource
    void codesOfResult(Outcome outcome) throws Exception {
        assertEquals(outcome, Outcome.of(outcome.code()));
        assertEquals(outcome.ordinal(), outcome.code());
        byte[] plain = {3, outcome.code()};
        StreamRules rules = StreamRules.ofSkeleton();
        assertEquals(TunnelRecord.RESULT, rules.accept(plain, 0, 2));
        assertEquals(outcome != Outcome.OK, rules.ended());
    }

    @Test
    void unknownCodesAreRefused() throws Exception {
        assertEquals(CloseCode.ABORTED, CloseCode.of((byte) 1));
        assertEquals(CloseCode.GOING_AWAY, CloseCode.of((byte) 2));
        for (int code : new int[] {5, 6, 127, 128, 255}) {
            byte[] result = {3, (byte) code};
            assertThrows(ProtocolException.class, () -> StreamRules.ofSkeleton().accept(result, 0, 2));
        }
        for (int code : new int[] {0, 3, 255}) {
            byte[] close = {4, (byte) code};
            assertThrows(ProtocolException.class, () -> StreamRules.ofClient().accept(close, 0, 2));
        }
    }

    @Test
    void m50_dataOfOneByteAndOfTheMostIsFine() throws Exception {
        byte[] most = new byte[65_519];
        most[0] = 1;
        StreamRules rules = StreamRules.ofClient();
        assertEquals(TunnelRecord.DATA, rules.accept(most, 0, 2));
        assertEquals(TunnelRecord.DATA, rules.accept(most, 0, most.length));
        assertThrows(ProtocolException.class, () -> rules.accept(new byte[] {1, 1}, 0, 65_520));
    }
}
