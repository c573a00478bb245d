package dev.tcprelay.protocol.wire;

import dev.tcprelay.protocol.files.ClusterKey;
import dev.tcprelay.protocol.noise.AuthenticationException;
import dev.tcprelay.protocol.noise.Hkdf;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;

/**
 * What the nodes of one cluster prove to each other on peer links (docs/protocol.md section 13): ATTACH whose ticket
 * says who dials whom, under a secret of the cluster's key. Immutable; usable on any thread.
 */
public final class PeerKeys {

    private final List<TicketSecret> secrets;

    /**
     * @param keys the first seals, all open
     * @throws IllegalArgumentException if there is none
     */
    public PeerKeys(List<ClusterKey> keys) {
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("no cluster key");
        }
        this.secrets = keys.stream().map(PeerKeys::secret).toList();
    }

    private static TicketSecret secret(ClusterKey key) {
        byte[] ikm = key.bytes();
        byte[] info = Fields.lp(Fields.ascii(Layout.PEER_LABEL));
        byte[] secret = Hkdf.derive(ikm, new byte[0], info, Layout.TICKET_SECRET);
        try {
            return new TicketSecret(secret);
        } finally {
            Arrays.fill(ikm, (byte) 0);
            Arrays.fill(secret, (byte) 0);
        }
    }

    /**
     * The dialling node's side.
     *
     * @param intended the node that is meant; another one refuses
     */
    public AttachInitiator dial(Hello hello, NodeId dialler, NodeId intended, SecureRandom random) {
        return new AttachInitiator(hello, ticket(dialler, intended), secrets.get(0), random);
    }

    static SealedTicket ticket(NodeId dialler, NodeId intended) {
        return new SealedTicket(Fields.join(Fields.lp(dialler.bytes()), Fields.lp(intended.bytes())));
    }

    /**
     * The dialled node's side: opens an ATTACH. That the dialler is a member of the cluster is for the caller to check.
     *
     * @return who dials
     * @throws AuthenticationException if another node is meant, or no key of the cluster opens it
     */
    public NodeId open(AttachResponder handshake, NodeId self) throws AuthenticationException {
        byte[] ticket = handshake.ticket().bytes();
        if (ticket.length != Layout.PEER_TICKET) {
            throw new AuthenticationException("not the ticket of a node");
        }
        NodeId dialler = new NodeId(Fields.part(ticket, Layout.PEER_DIALLER_AT, Layout.NODE_ID));
        if (!Arrays.equals(ticket, ticket(dialler, self).bytes())) {
            throw new AuthenticationException("a link that is meant for another node");
        }
        for (TicketSecret secret : secrets) {
            if (opens(handshake, secret)) {
                return dialler;
            }
        }
        throw new AuthenticationException("no key of the cluster opens it");
    }

    private static boolean opens(AttachResponder handshake, TicketSecret secret) {
        try {
            Attach unused = handshake.open(secret);
            return true;
        } catch (AuthenticationException e) {
            return false;
        }
    }

    /** Never the secrets. */
    @Override
    public String toString() {
        return "PeerKeys[hidden]";
    }
}
