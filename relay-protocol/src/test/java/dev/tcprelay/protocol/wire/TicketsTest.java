package dev.tcprelay.protocol.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tcprelay.protocol.files.ClusterKey;
import dev.tcprelay.protocol.noise.AuthenticationException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tickets: rules M27 (role and lifetime) and M30. */
class TicketsTest {

    private static final ClusterKey KEY = ClusterKey.of(FixedRandom.first("cluster", 32));
    private static final ClusterKey NEXT = ClusterKey.of(FixedRandom.first("next cluster", 32));
    private static final long NOW = 500_000L * 3600 + 1800;
    private static final long FOR_EVER = Long.MAX_VALUE;

    private final Tickets tickets = new Tickets(List.of(KEY));

    private static TicketClaims claims(Role role, long notAfter) {
        return new TicketClaims(
                role,
                Fixture.ANN_NAME,
                new TicketSecret(FixedRandom.first("rs", 32)),
                notAfter,
                -5,
                new Instance(FixedRandom.first("instance", 16)));
    }

    private void refused(SealedTicket ticket, Role role, long now) {
        assertThrows(AuthenticationException.class, () -> tickets.open(ticket, role, now));
    }

    private SealedTicket sealed(long notAfter) {
        return tickets.seal(claims(Role.CLIENT, notAfter), NOW, Fixture.RANDOM);
    }

    @Test
    void aTicketTellsWhatWasSealed() throws Exception {
        for (Role role : List.of(Role.CLIENT, Role.SKELETON)) {
            TicketClaims claims = claims(role, NOW + 1800);
            SealedTicket ticket = tickets.seal(claims, NOW, Fixture.RANDOM);
            assertEquals(162, ticket.size());
            assertEquals(claims, tickets.open(ticket, role, NOW));
        }
        assertNotEquals(sealed(NOW), sealed(NOW), "the nonce is random");
    }

    @Test
    void nodesHaveNoTickets() {
        refused(tickets.seal(claims(Role.PEER, FOR_EVER), NOW, Fixture.RANDOM), Role.PEER, NOW);
    }

    @Test
    void everyBitFlippedIsRefused() {
        byte[] ticket = sealed(FOR_EVER).bytes();
        for (int bit = 0; bit < 8 * ticket.length; bit++) {
            refused(new SealedTicket(Fixture.flipped(ticket, bit)), Role.CLIENT, NOW);
        }
    }

    @Test
    void everyOtherLengthIsRefused() {
        byte[] ticket = sealed(FOR_EVER).bytes();
        for (int length = 1; length <= 255; length++) {
            if (length != ticket.length) {
                refused(new SealedTicket(Arrays.copyOf(ticket, length)), Role.CLIENT, NOW);
            }
        }
        assertThrows(IllegalArgumentException.class, () -> new SealedTicket(new byte[0]));
        assertThrows(IllegalArgumentException.class, () -> new SealedTicket(new byte[256]));
    }

    @Test
    void m27_theTicketOfOneRoleIsRefusedOnThePortOfTheOther() {
        refused(sealed(FOR_EVER), Role.SKELETON, NOW);
        refused(tickets.seal(claims(Role.SKELETON, FOR_EVER), NOW, Fixture.RANDOM), Role.CLIENT, NOW);
    }

    @Test
    void m27_anExpiredTicketIsRefused() throws Exception {
        SealedTicket ticket = sealed(NOW + 10);
        assertEquals(NOW + 10, tickets.open(ticket, Role.CLIENT, NOW + 10).notAfter());
        refused(ticket, Role.CLIENT, NOW + 11);
        refused(sealed(-1), Role.CLIENT, NOW);
    }

    @Test
    void m30_onlyThisHourAndTheLastOneAreTakenWithAMinuteOfSkew() throws Exception {
        long hour = NOW / 3600 * 3600;
        SealedTicket ticket = sealed(FOR_EVER);
        for (long at : new long[] {hour - 60, hour, hour + 3599, hour + 3600, hour + 7199, hour + 7259}) {
            assertEquals(claims(Role.CLIENT, FOR_EVER), tickets.open(ticket, Role.CLIENT, at));
        }
        for (long at : new long[] {0, hour - 61, hour + 7260, hour + 2 * 7200, hour + (1L << 32) * 3600}) {
            refused(ticket, Role.CLIENT, at);
        }
    }

    @Test
    void theSecondKeyOpensAndTheFirstSeals() throws Exception {
        Tickets rotating = new Tickets(List.of(NEXT, KEY));
        TicketClaims claims = claims(Role.CLIENT, FOR_EVER);
        assertEquals(claims, rotating.open(sealed(FOR_EVER), Role.CLIENT, NOW));
        SealedTicket fresh = rotating.seal(claims, NOW, Fixture.RANDOM);
        assertEquals(claims, new Tickets(List.of(NEXT)).open(fresh, Role.CLIENT, NOW));
        refused(fresh, Role.CLIENT, NOW);
        assertThrows(IllegalArgumentException.class, () -> new Tickets(List.of()));
    }
}
