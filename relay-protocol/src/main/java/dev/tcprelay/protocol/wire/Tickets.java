package dev.tcprelay.protocol.wire;

import dev.tcprelay.protocol.files.ClusterKey;
import dev.tcprelay.protocol.noise.AuthenticationException;
import dev.tcprelay.protocol.noise.Hkdf;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Seals and opens tickets for the nodes of one cluster (docs/protocol.md section 6, inside a ticket). The key changes
 * with the hour, so that its number of random nonces stays small. Immutable; usable on any thread.
 */
public final class Tickets {

    private final List<ClusterKey> keys;

    /**
     * @param keys the first seals, all open
     * @throws IllegalArgumentException if there is none
     */
    public Tickets(List<ClusterKey> keys) {
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("no cluster key");
        }
        this.keys = List.copyOf(keys);
    }

    /** A ticket of these claims, 162 bytes. */
    public SealedTicket seal(TicketClaims claims, long nowSeconds, SecureRandom random) {
        byte[] hour = hour(nowSeconds / Layout.HOUR_SECONDS);
        byte[] nonce = Opaque.random(random, Layout.TICKET_NONCE);
        try {
            byte[] sealed = gcm(Cipher.ENCRYPT_MODE, keys.get(0), hour, nonce, claims.encode());
            return new SealedTicket(Fields.join(hour, nonce, sealed));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("sealing a ticket failed", e);
        }
    }

    /**
     * What a ticket says. That the user still has the generation that it names is for the caller to check (rule M27).
     *
     * @param port the role of the port on which it was shown
     * @throws AuthenticationException if it is forged, of another role, of another hour than this and the last one
     *     (with 60 s of skew, rule M30), or over
     */
    public TicketClaims open(SealedTicket ticket, Role port, long nowSeconds) throws AuthenticationException {
        byte[] bytes = ticket.bytes();
        if (bytes.length != Layout.SEALED_TICKET) {
            throw new AuthenticationException("a ticket of the wrong length");
        }
        requireRecent(Integer.toUnsignedLong(ByteBuffer.wrap(bytes).getInt()), nowSeconds);
        TicketClaims claims = claims(bytes);
        if (claims.role() != port) {
            throw new AuthenticationException("a ticket of another role");
        }
        if (claims.notAfter() < nowSeconds) {
            throw new AuthenticationException("a ticket that is over");
        }
        return claims;
    }

    private static void requireRecent(long hour, long nowSeconds) throws AuthenticationException {
        long oldest = Math.floorDiv(nowSeconds - Layout.SKEW_SECONDS, Layout.HOUR_SECONDS) - 1;
        long newest = Math.floorDiv(nowSeconds + Layout.SKEW_SECONDS, Layout.HOUR_SECONDS);
        if (hour < oldest || hour > newest) {
            throw new AuthenticationException("a ticket of another hour");
        }
    }

    private TicketClaims claims(byte[] ticket) throws AuthenticationException {
        for (ClusterKey key : keys) {
            byte[] plain = opened(ticket, key);
            if (plain != null) {
                try {
                    return TicketClaims.decode(plain);
                } catch (ProtocolException e) {
                    throw new AuthenticationException("a ticket of another form");
                }
            }
        }
        throw new AuthenticationException("a ticket that does not open");
    }

    /** The plaintext, or null if another key has sealed it. */
    private static byte @Nullable [] opened(byte[] ticket, ClusterKey key) {
        byte[] hour = Fields.part(ticket, 0, Layout.HOUR);
        byte[] nonce = Fields.part(ticket, Layout.HOUR, Layout.TICKET_NONCE);
        byte[] sealed = Fields.part(ticket, Layout.HOUR + Layout.TICKET_NONCE, Layout.CLAIMS + Layout.TAG);
        try {
            return gcm(Cipher.DECRYPT_MODE, key, hour, nonce, sealed);
        } catch (AEADBadTagException e) {
            return null;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("opening a ticket failed", e);
        }
    }

    private static byte[] gcm(int mode, ClusterKey key, byte[] hour, byte[] nonce, byte[] in)
            throws GeneralSecurityException {
        byte[] ikm = key.bytes();
        byte[] info = Fields.join(Fields.lp(Fields.ascii(Layout.TICKET_LABEL)), hour);
        byte[] hourKey = Hkdf.derive(ikm, new byte[0], info, Layout.KEY);
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            GCMParameterSpec parameters = new GCMParameterSpec(Byte.SIZE * Layout.TAG, nonce);
            cipher.init(mode, new SecretKeySpec(hourKey, "AES"), parameters);
            cipher.updateAAD(hour);
            return cipher.doFinal(in);
        } finally {
            Arrays.fill(ikm, (byte) 0);
            Arrays.fill(hourKey, (byte) 0);
        }
    }

    private static byte[] hour(long hour) {
        return ByteBuffer.allocate(Layout.HOUR).putInt((int) hour).array();
    }
}
