package dev.tcprelay.protocol.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tcprelay.protocol.noise.AuthenticationException;
import dev.tcprelay.protocol.noise.CipherState;
import java.lang.reflect.Field;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Records: rules M4 to M7. */
class RecordsTest {

    private final RecordSealer sealer = Fixture.sealer(Layer.END_TO_END, Layout.REKEY_INTERVAL);
    private final RecordOpener opener = Fixture.opener(Layer.END_TO_END, Layout.REKEY_INTERVAL);

    private byte[] record(int n) {
        return sealer.seal(new byte[] {1, (byte) n});
    }

    private void refused(byte[] record) {
        assertThrows(AuthenticationException.class, () -> Fixture.open(opener, record));
        assertThrows(IllegalStateException.class, () -> Fixture.open(opener, record), "nothing after it is read");
    }

    @ParameterizedTest
    @EnumSource
    void everyLayerTakesItsLargestRecordAndNoByteMore(Layer layer) throws Exception {
        RecordSealer out = Fixture.sealer(layer, 3);
        RecordOpener in = Fixture.opener(layer, 3);
        byte[] plain = FixedRandom.first("body", 1 + layer.largestBody());
        byte[] record = out.seal(plain);
        assertEquals(layer.largest(), Fields.u16(record, 0));
        assertArrayEquals(plain, Fixture.open(in, record));
        assertThrows(IllegalArgumentException.class, () -> out.seal(new byte[2 + layer.largestBody()]));
        assertEquals(17, in.checkLength(17));
        for (int length : new int[] {-1, 0, 1, 16, layer.largest() + 1}) {
            assertThrows(ProtocolException.class, () -> in.checkLength(length));
        }
    }

    @Test
    void sealingInPlaceGivesTheSameBytesWhereverItStands() {
        byte[] body = FixedRandom.first("body", 1000);
        byte[] expected = sealer.seal(Fields.join(new byte[] {1}, body));
        byte[] work = new byte[2000];
        System.arraycopy(body, 0, work, 7 + RecordSealer.BODY_AT, body.length);
        RecordSealer inPlace = Fixture.sealer(Layer.END_TO_END, 3);
        assertEquals(expected.length, inPlace.sealInPlace(1, work, 7, body.length));
        assertArrayEquals(expected, Arrays.copyOfRange(work, 7, 7 + expected.length));
        byte[] scratch = new byte[2000];
        System.arraycopy(body, 0, scratch, 20, body.length);
        RecordSealer overlapping = Fixture.sealer(Layer.END_TO_END, 3);
        assertEquals(expected.length, overlapping.seal(1, scratch, 20, body.length, scratch, 0));
        assertArrayEquals(expected, Arrays.copyOf(scratch, expected.length));
    }

    @Test
    void aRecordWithoutRoomChangesNothing() throws Exception {
        byte[] small = new byte[RecordSealer.sealedSize(4) - 1];
        RecordSealer out = Fixture.sealer(Layer.END_TO_END, 1);
        assertThrows(IndexOutOfBoundsException.class, () -> out.seal(1, new byte[4], 0, 4, small, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> out.sealInPlace(1, small, 0, 4));
        assertThrows(IllegalArgumentException.class, () -> out.sealInPlace(1, small, 0, -1));
        assertArrayEquals(new byte[small.length], small);
        assertArrayEquals(new byte[] {9}, Fixture.open(Fixture.opener(Layer.END_TO_END, 1), out.seal(new byte[] {9})));
    }

    @Test
    void m6_aDroppedRecordIsNoticed() {
        record(0);
        refused(record(1));
    }

    @Test
    void m6_aDuplicatedRecordIsNoticed() throws Exception {
        byte[] first = record(0);
        Fixture.open(opener, first);
        refused(first);
    }

    @Test
    void m6_reorderedRecordsAreNoticed() {
        record(0);
        byte[] second = record(1);
        refused(second);
    }

    @Test
    void m6_everyBitFlippedInLengthBodyOrTagIsNoticed() {
        byte[] record = Fixture.sealer(Layer.END_TO_END, 3).seal(new byte[] {1, 'a', 'b', 'c'});
        for (int bit = 16; bit < 8 * record.length; bit++) {
            byte[] changed = Fixture.flipped(record, bit);
            assertThrows(
                    AuthenticationException.class, () -> Fixture.open(Fixture.opener(Layer.END_TO_END, 3), changed));
        }
        for (int length = 0; length < record.length - 2; length++) {
            int shorter = length;
            assertThrows(
                    Exception.class,
                    () -> Fixture.opener(Layer.END_TO_END, 3).open(record, 2, shorter, new byte[64], 0));
        }
        byte[] longer = Arrays.copyOf(record, record.length + 1);
        assertThrows(
                AuthenticationException.class,
                () -> Fixture.opener(Layer.END_TO_END, 3).open(longer, 2, longer.length - 2));
    }

    @ParameterizedTest
    @ValueSource(ints = {17, 18, 65_535})
    void m6_junkOfAnyLengthIsRefusedAndLeavesZeros(int length) {
        byte[] junk = FixedRandom.first("junk", length);
        byte[] out = new byte[length];
        Arrays.fill(out, (byte) 7);
        assertThrows(AuthenticationException.class, () -> opener.open(junk, 0, length, out, 0));
        assertArrayEquals(new byte[length - 16], Arrays.copyOf(out, length - 16));
        assertEquals(7, out[length - 1], "not a byte more than the plaintext is touched");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 16})
    void m6_lengthsBelow17AreRefused(int length) {
        assertThrows(ProtocolException.class, () -> opener.open(new byte[64], 0, length, new byte[64], 0));
        assertThrows(ProtocolException.class, () -> opener.open(new byte[64], 0, length));
    }

    @Test
    void m5_theStreamGoesOnAcrossKeysOfThreeRecords() throws Exception {
        RecordSealer out = Fixture.sealer(Layer.LEG, 3);
        RecordOpener in = Fixture.opener(Layer.LEG, 3);
        for (int n = 0; n < 20; n++) {
            byte[] plain = {1, (byte) n};
            assertArrayEquals(plain, Fixture.open(in, out.seal(plain)));
        }
    }

    @Test
    void m5_twoToTheSixteenPlusOneRecordsAndTheOldKeyNoLongerOpens() throws Exception {
        CipherState oldKey = CipherState.aesGcm(FixedRandom.first("records", 32));
        CipherState nextKey = CipherState.aesGcm(FixedRandom.first("records", 32));
        byte[] out = new byte[64];
        byte[] plain = new byte[64];
        for (int n = 0; n <= 65_536; n++) {
            int size = sealer.seal(1, new byte[] {(byte) n}, 0, 1, out, 0);
            assertEquals(2, opener.open(out, 2, size - 2, plain, 0));
            assertEquals((byte) n, plain[1]);
            if (n < 65_536) {
                oldKey.open(new byte[0], out, 2, size - 2, plain, 0);
                nextKey.open(new byte[0], out, 2, size - 2, plain, 0);
            }
        }
        assertThrows(AuthenticationException.class, () -> oldKey.open(new byte[0], out, 2, 18, plain, 0));
        nextKey.rekey();
        assertEquals(2, nextKey.open(new byte[0], out, 2, 18, plain, 0));
    }

    @Test
    void m5_rekeyingOnOneSideOnlyEndsTheStreamAtThatRecord() throws Exception {
        RecordSealer out = Fixture.sealer(Layer.LEG, 3);
        RecordOpener in = Fixture.opener(Layer.LEG, 4);
        for (int n = 0; n < 3; n++) {
            Fixture.open(in, out.seal(new byte[] {1}));
        }
        byte[] fourth = out.seal(new byte[] {1});
        assertThrows(AuthenticationException.class, () -> Fixture.open(in, fourth));
    }

    @Test
    void m4_theCounterEndsAndNeverWraps() throws Exception {
        CipherState sending = CipherState.aesGcm(new byte[32]);
        CipherState receiving = CipherState.aesGcm(new byte[32]);
        Field counter = CipherState.class.getDeclaredField("n");
        counter.setAccessible(true);
        counter.setLong(sending, -2);
        counter.setLong(receiving, -2);
        RecordSealer out = new RecordSealer(sending, Layer.LEG);
        RecordOpener in = new RecordOpener(receiving, Layer.LEG);
        byte[] last = out.seal(new byte[] {1});
        assertArrayEquals(new byte[] {1}, Fixture.open(in, last));
        assertThrows(IllegalStateException.class, () -> out.seal(new byte[] {1}));
        assertThrows(ProtocolException.class, () -> Fixture.open(in, last));
    }
}
