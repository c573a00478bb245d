package dev.tcprelay.protocol.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Records of a leg before it is raw: rules M2, M31 and M32 (their pure parts). */
class LegMessageTest {

    static Stream<LegMessage> messages() {
        TunnelId tunnel = TunnelId.random(Fixture.RANDOM);
        return Stream.of(
                new LegMessage.Ok(NodeId.random(Fixture.RANDOM)),
                new LegMessage.Open(Fixture.WEB, false),
                new LegMessage.Open(Fixture.WEB, true),
                new LegMessage.Opened(tunnel),
                new LegMessage.Unavailable(),
                new LegMessage.Start(false, tunnel),
                new LegMessage.Start(true, tunnel),
                new LegMessage.Carry(Token.random(Fixture.RANDOM), Fixture.WEB));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void m32_onlyTheRightSenderMaySendIt(LegMessage message) throws Exception {
        List<Sender> senders = senders(message);
        for (Sender from : Sender.values()) {
            if (senders.contains(from)) {
                assertEquals(message, LegMessage.decode(message.encode(), from));
            } else {
                assertThrows(ProtocolException.class, () -> LegMessage.decode(message.encode(), from));
            }
        }
        for (int length = 0; length <= message.encode().length + 1; length++) {
            byte[] cut = Arrays.copyOf(message.encode(), length);
            if (length != message.encode().length) {
                assertThrows(ProtocolException.class, () -> LegMessage.decode(cut, senders.get(0)));
            }
        }
    }

    private static List<Sender> senders(LegMessage message) {
        if (message instanceof LegMessage.Open) {
            return List.of(Sender.CLIENT);
        } else if (message instanceof LegMessage.Carry) {
            return List.of(Sender.PEER);
        }
        return message instanceof LegMessage.Opened ? List.of(Sender.RELAY, Sender.PEER) : List.of(Sender.RELAY);
    }

    @Test
    void theBytesAreThoseOfTheDocument() {
        TunnelId tunnel = new TunnelId(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
        assertArrayEquals(new byte[] {3, 1, 2, 3, 4, 5, 6, 7, 8}, new LegMessage.Opened(tunnel).encode());
        assertArrayEquals(new byte[] {5, 1, 1, 2, 3, 4, 5, 6, 7, 8}, new LegMessage.Start(true, tunnel).encode());
        byte[] open = new byte[1 + 1 + 65 + 62];
        System.arraycopy(new byte[] {2, 1, 3, 'w', 'e', 'b'}, 0, open, 0, 6);
        assertArrayEquals(open, new LegMessage.Open(Fixture.WEB, true).encode());
        byte[] carry = new byte[1 + 16 + 65];
        carry[0] = 6;
        System.arraycopy(new byte[] {3, 'w', 'e', 'b'}, 0, carry, 17, 4);
        assertArrayEquals(carry, new LegMessage.Carry(new Token(new byte[16]), Fixture.WEB).encode());
    }

    @Test
    void m31_unavailableIsAsLongAsOpenedAndAlwaysTheSame() {
        assertArrayEquals(new byte[] {4, 0, 0, 0, 0, 0, 0, 0, 0}, new LegMessage.Unavailable().encode());
    }

    @Test
    void m2_flagsAndZerosAreStrict() {
        byte[] open = new LegMessage.Open(Fixture.WEB, false).encode();
        byte[] start = new LegMessage.Start(false, TunnelId.random(Fixture.RANDOM)).encode();
        for (int bit = 1; bit < 8; bit++) {
            byte[] flaggedOpen = Fixture.flipped(open, 8 + bit);
            byte[] flaggedStart = Fixture.flipped(start, 8 + bit);
            assertThrows(ProtocolException.class, () -> LegMessage.decode(flaggedOpen, Sender.CLIENT));
            assertThrows(ProtocolException.class, () -> LegMessage.decode(flaggedStart, Sender.RELAY));
        }
        for (int at = 1 + 1 + 1 + 3; at < open.length; at++) {
            byte[] changed = Fixture.flipped(open, 8 * at);
            assertThrows(ProtocolException.class, () -> LegMessage.decode(changed, Sender.CLIENT));
        }
        byte[] unavailable = new LegMessage.Unavailable().encode();
        for (int at = 1; at < unavailable.length; at++) {
            byte[] changed = Fixture.flipped(unavailable, 8 * at);
            assertThrows(ProtocolException.class, () -> LegMessage.decode(changed, Sender.RELAY));
        }
        for (int length : new int[] {0, 65, 128, 255}) {
            byte[] changed = open.clone();
            changed[2] = (byte) length;
            assertThrows(ProtocolException.class, () -> LegMessage.decode(changed, Sender.CLIENT));
        }
    }

    @Test
    void unknownTypesAreRefused() {
        for (int type = 0; type < 256; type++) {
            if (type < 1 || type > 6) {
                byte[] plain = new byte[9];
                plain[0] = (byte) type;
                for (Sender from : Sender.values()) {
                    assertThrows(ProtocolException.class, () -> LegMessage.decode(plain, from));
                }
            }
        }
    }
}
