package dev.tcprelay.protocol.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The length of the next frame from its first bytes: rules M7 and M14 (its pure part). */
class FramesTest {

    /** One of the methods under test. */
    private interface Measure {
        int of(byte[] in, int off, int available) throws ProtocolException;
    }

    /** Unknown until {@code head} bytes are there, wherever they stand, and then the whole size. */
    private static void measured(Measure measure, byte[] head, int size) throws ProtocolException {
        byte[] in = Fields.join(new byte[5], head, new byte[3]);
        for (int available = 0; available < head.length; available++) {
            assertEquals(Frames.UNKNOWN, measure.of(in, 5, available));
        }
        assertEquals(size, measure.of(in, 5, head.length));
        assertEquals(size, measure.of(in, 5, head.length + 3));
    }

    private static void refused(Measure measure, int... head) {
        byte[] in = new byte[head.length];
        for (int i = 0; i < head.length; i++) {
            in[i] = (byte) head[i];
        }
        assertThrows(ProtocolException.class, () -> measure.of(in, 0, in.length));
    }

    @Test
    void theFirstFrameIsLoginOrAttachWithinTheirSizes() throws Exception {
        measured(Frames::request, new byte[] {1, 0, (byte) 224}, 227);
        measured(Frames::request, new byte[] {2, 0, (byte) 179}, 182);
        measured(Frames::request, new byte[] {2, 1, (byte) 177}, 436);
        refused(Frames::request, 1, 0, 223);
        refused(Frames::request, 1, 0, 225);
        refused(Frames::request, 2, 0, 178);
        refused(Frames::request, 2, 1, 178);
        refused(Frames::request, 2, 255, 255);
        refused(Frames::request, 3);
        refused(Frames::request, 'G');
        assertTrue(Frames.isAttach(new byte[] {2}, 0));
        assertFalse(Frames.isAttach(new byte[] {1}, 0));
        assertTrue(436 + 50 <= Frames.BEFORE_AUTHENTICATION, "ATTACH with message 1");
        assertTrue(227 + RecordSealer.sealedSize(16) <= Frames.BEFORE_AUTHENTICATION, "LOGIN with CONFIRM");
    }

    @Test
    void anAnswerToLoginIsItOrARefusal() throws Exception {
        measured(Frames::loginAnswer, new byte[] {1, 0, 64}, 67);
        measured(Frames::loginAnswer, Frames.refusal(), 2);
        refused(Frames::loginAnswer, 1, 0, 63);
        refused(Frames::loginAnswer, 1, 0, 65);
        refused(Frames::loginAnswer, 255, 2);
        refused(Frames::loginAnswer, 2);
    }

    @Test
    void anAnswerToAttachIsARecordOrARefusal() throws Exception {
        measured(Frames::attachAnswer, new byte[] {0, 33}, 35);
        measured(Frames::attachAnswer, new byte[] {2, 0}, 514);
        measured(Frames::attachAnswer, Frames.refusal(), 2);
        refused(Frames::attachAnswer, 0, 16);
        refused(Frames::attachAnswer, 2, 1);
        refused(Frames::attachAnswer, 255, 0);
        refused(Frames::attachAnswer, 254, 1);
        assertTrue(Frames.isRefusal(Frames.refusal(), 0));
        assertFalse(Frames.isRefusal(new byte[] {0, 33}, 0));
    }

    @Test
    void m11_m26_aRefusalIsTheseTwoBytes() {
        assertArrayEquals(new byte[] {(byte) 0xff, 1}, Frames.refusal());
        Frames.refusal()[0] = 0;
        assertArrayEquals(new byte[] {(byte) 0xff, 1}, Frames.refusal());
    }

    @ParameterizedTest
    @EnumSource
    void m7_aRecordIsAtMostItsLayersLargest(Layer layer) throws Exception {
        Measure record = (in, off, available) -> Frames.record(layer, in, off, available);
        int largest = layer.largest();
        measured(record, new byte[] {0, 17}, 19);
        measured(record, new byte[] {(byte) (largest >> 8), (byte) largest}, 2 + largest);
        refused(record, 0, 0);
        refused(record, 0, 16);
        if (largest < 65_535) {
            refused(record, (largest + 1) >> 8, (largest + 1) & 0xff);
        }
    }

    @ParameterizedTest
    @CsvSource({"0,47", "0,49", "1,48", "255,255", "0,0"})
    void endToEndMessagesHaveOneLengthEach(int high, int low) throws Exception {
        measured(Frames::message1, new byte[] {0, 48}, 50);
        measured(Frames::message2, new byte[] {1, 64}, 322);
        refused(Frames::message1, high, low);
        refused(Frames::message2, high, low);
    }
}
