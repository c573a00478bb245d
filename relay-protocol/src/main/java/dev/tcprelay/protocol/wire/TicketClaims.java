package dev.tcprelay.protocol.wire;

import dev.tcprelay.protocol.files.UserName;

/**
 * What a ticket tells the cluster (docs/protocol.md section 6, inside a ticket).
 *
 * @param role on whose port it may be used
 * @param user whose session it belongs to
 * @param secret {@code rs}, which its holder knows too
 * @param notAfter Unix time in seconds; good until then, and then still
 * @param generation of the user's line when it was issued, as {@code User.generation()} gives it
 * @param instance the process that it was issued to
 */
public record TicketClaims(
        Role role, UserName user, TicketSecret secret, long notAfter, long generation, Instance instance) {

    byte[] encode() {
        byte[] plain = new byte[Layout.CLAIMS];
        plain[0] = role.code();
        Fields.putName(plain, Layout.CLAIMS_NAME_AT, user.value());
        secret.put(plain, Layout.CLAIMS_SECRET_AT);
        Fields.putU64(plain, Layout.CLAIMS_NOT_AFTER_AT, notAfter);
        Fields.putU64(plain, Layout.CLAIMS_GENERATION_AT, generation);
        instance.put(plain, Layout.CLAIMS_INSTANCE_AT);
        return plain;
    }

    static TicketClaims decode(byte[] plain) throws ProtocolException {
        Fields.requireLength(plain.length, Layout.CLAIMS);
        Role role = Role.of(plain[0]);
        if (role == Role.PEER) {
            throw new ProtocolException("nodes have no tickets");
        }
        return new TicketClaims(
                role,
                Fields.userName(plain, Layout.CLAIMS_NAME_AT),
                new TicketSecret(Fields.part(plain, Layout.CLAIMS_SECRET_AT, Layout.TICKET_SECRET)),
                Fields.u64(plain, Layout.CLAIMS_NOT_AFTER_AT),
                Fields.u64(plain, Layout.CLAIMS_GENERATION_AT),
                new Instance(Fields.part(plain, Layout.CLAIMS_INSTANCE_AT, Layout.INSTANCE)));
    }
}
