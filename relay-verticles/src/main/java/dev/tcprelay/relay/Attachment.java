package dev.tcprelay.relay;

import dev.tcprelay.channel.Leg;
import dev.tcprelay.channel.LegRecords;
import dev.tcprelay.protocol.files.User;
import dev.tcprelay.protocol.noise.AuthenticationException;
import dev.tcprelay.protocol.wire.Attach;
import dev.tcprelay.protocol.wire.AttachResponder;
import dev.tcprelay.protocol.wire.Hello;
import dev.tcprelay.protocol.wire.NodeId;
import dev.tcprelay.protocol.wire.Role;
import dev.tcprelay.protocol.wire.TicketClaims;

/** ATTACH on the relay's side (docs/protocol.md, section 6): symmetric cryptography only, on the event loop. */
final class Attachment {
    private Attachment() {}

    /**
     * Checks a leg's ticket and proof.
     *
     * @return what the leg becomes, to be run next
     * @throws AuthenticationException whatever is wrong; the peer learns only that it was refused
     */
    static Runnable open(Node node, Role role, Leg leg, Hello hello, byte[] body) throws AuthenticationException {
        AttachResponder handshake = AttachResponder.read(hello, body);
        return role == Role.PEER ? ofNode(node, leg, handshake) : ofUser(node, role, leg, handshake);
    }

    private static Runnable ofUser(Node node, Role role, Leg leg, AttachResponder handshake)
            throws AuthenticationException {
        TicketClaims claims = node.tickets().open(handshake.ticket(), role, Node.now());
        User user = node.accounts()
                .active(claims.user())
                .filter(known -> known.generation() == claims.generation())
                .orElseThrow(
                        () -> new AuthenticationException("the user's line has changed since the ticket was issued"));
        Attach attach = handshake.open(claims.secret());
        var records = new LegRecords(leg, handshake.records(), role.sender());
        return attach.server() == null
                ? () -> new ClientLeg(node, leg, records, user, claims.instance()).begin()
                : () -> Spare.arrived(node, leg, records, user, claims, attach);
    }

    private static Runnable ofNode(Node node, Leg leg, AttachResponder handshake) throws AuthenticationException {
        NodeId dialler = node.peering().keys().open(handshake, node.id());
        if (node.peering().members().find(dialler).isEmpty()) {
            throw new AuthenticationException("node " + dialler + " is no member of the cluster");
        }
        var records = new LegRecords(leg, handshake.records(), Role.PEER.sender());
        return () -> new PeerLeg(node, dialler, leg, records).begin();
    }
}
