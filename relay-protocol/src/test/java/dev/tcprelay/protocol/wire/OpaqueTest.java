package dev.tcprelay.protocol.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/** Ids, tokens and secrets as values. */
class OpaqueTest {

    @Test
    void equalBytesOfOneTypeAreEqualAndOfTwoTypesAreNot() {
        byte[] bytes = FixedRandom.first("id", 16);
        assertEquals(new NodeId(bytes), new NodeId(bytes));
        assertEquals(new NodeId(bytes).hashCode(), new NodeId(bytes).hashCode());
        assertNotEquals(new NodeId(bytes), new NodeId(Fixture.flipped(bytes, 127)));
        assertNotEquals((Object) new NodeId(bytes), new Instance(bytes));
        assertNotEquals(new Token(bytes), null);
    }

    @Test
    void noArrayIsShared() {
        byte[] bytes = new byte[8];
        TunnelId id = new TunnelId(bytes);
        bytes[0] = 1;
        id.bytes()[0] = 1;
        assertArrayEquals(new byte[8], id.bytes());
        assertEquals("0000000000000000", id.toString());
    }

    @Test
    void anotherSizeIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new NodeId(new byte[15]));
        assertThrows(IllegalArgumentException.class, () -> new TunnelId(new byte[16]));
        assertThrows(IllegalArgumentException.class, () -> new TicketSecret(new byte[33]));
    }

    @Test
    void idsAreShownAndSecretsAreNot() {
        assertEquals("00".repeat(16), new NodeId(new byte[16]).toString());
        assertEquals("Token", new Token(new byte[16]).toString());
        assertEquals("TicketSecret", new TicketSecret(new byte[32]).toString());
        assertEquals("SealedTicket", new SealedTicket(new byte[32]).toString());
    }
}
