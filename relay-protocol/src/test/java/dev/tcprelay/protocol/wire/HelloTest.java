package dev.tcprelay.protocol.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tcprelay.protocol.files.Fingerprint;
import dev.tcprelay.protocol.files.PublicKey;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** HELLO: rules M8 and M10. */
class HelloTest {

    @ParameterizedTest
    @EnumSource
    void survivesTheWire(Role role) throws Exception {
        Hello sent = Fixture.hello(role);
        Hello got = Hello.decode(sent.encode(), role);
        assertEquals(Hello.SIZE, sent.encode().length);
        assertEquals(role, got.role());
        assertArrayEquals(sent.encode(), got.encode());
        assertEquals(role != Role.PEER, got.isOf(Fixture.RELAY_KEY.fingerprint()));
    }

    @Test
    void m8_magicVersionRoleAndZerosAreCheckedByteByByte() {
        byte[] hello = Fixture.hello(Role.CLIENT).encode();
        for (int bit = 0; bit < 8 * Layout.HELLO_KEY_ID_AT; bit++) {
            byte[] changed = Fixture.flipped(hello, bit);
            assertThrows(ProtocolException.class, () -> Hello.decode(changed, Role.CLIENT));
        }
    }

    @Test
    void m8_everyByteOfTheKeyIdCountsAndIsToldApartFromAnotherProtocol() throws Exception {
        byte[] hello = Fixture.hello(Role.CLIENT).encode();
        Fingerprint pinned = Fixture.RELAY_KEY.fingerprint();
        for (int at = Layout.HELLO_KEY_ID_AT; at < Layout.HELLO_NONCE_AT; at++) {
            assertFalse(
                    Hello.decode(Fixture.flipped(hello, 8 * at), Role.CLIENT).isOf(pinned));
        }
        assertFalse(
                Hello.decode(hello, Role.CLIENT).isOf(PublicKey.of(Fixture.ANN).fingerprint()));
    }

    @Test
    void m8_thePortOfTheOtherRoleIsRefusedAndNamed() {
        byte[] hello = Fixture.hello(Role.SKELETON).encode();
        ProtocolException e = assertThrows(ProtocolException.class, () -> Hello.decode(hello, Role.CLIENT));
        assertEquals("not the relay's port for clients", e.getMessage());
        byte[] node = hello.clone();
        node[Layout.HELLO_ROLE_AT] = 'P';
        assertThrows(ProtocolException.class, () -> Hello.decode(node, Role.CLIENT));
    }

    @Test
    void m56_aNodesHelloNamesNoKey() {
        byte[] hello = Fixture.hello(Role.PEER).encode();
        for (int bit = 0; bit < 8 * Layout.HELLO_NONCE_AT; bit++) {
            byte[] changed = Fixture.flipped(hello, bit);
            assertThrows(ProtocolException.class, () -> Hello.decode(changed, Role.PEER));
        }
        byte[] keyed = Hello.create(Role.PEER, Fixture.RELAY_KEY.fingerprint(), Fixture.RANDOM)
                .encode();
        assertThrows(ProtocolException.class, () -> Hello.decode(keyed, Role.PEER));
    }

    @Test
    void everyOtherLengthIsRefused() {
        byte[] hello = Fixture.hello(Role.CLIENT).encode();
        for (int length = 0; length <= 65; length++) {
            byte[] cut = Arrays.copyOf(hello, length);
            if (length != Hello.SIZE) {
                assertThrows(ProtocolException.class, () -> Hello.decode(cut, Role.CLIENT));
            }
        }
    }

    @Test
    void m10_noncesDiffer() {
        assertFalse(Arrays.equals(
                Fixture.hello(Role.CLIENT).nonce(), Fixture.hello(Role.CLIENT).nonce()));
    }
}
