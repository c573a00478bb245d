package dev.tcprelay.relay;

import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.NodeId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Where the next leg for a server comes from. */
sealed interface Route {
    /** The skeleton whose leg it is. */
    Offer offer();

    /** A spare that waits on this node. */
    record Local(Offer offer, Spare spare) implements Route {}

    /** Another node, which has told of a spare and is to carry it here (TAKE). */
    record Peer(Offer offer, NodeId holder) implements Route {}

    /** A session, on this node or another one, that is to be asked for a new leg (NEED). */
    record Ask(Offer offer, NodeId home) implements Route {}

    /**
     * The routes to one server in the order in which they are tried: spares of this node, spares of others, then
     * sessions; among these the skeleton with the fewest tunnels on all nodes first, at random among equals. Nodes that
     * are about to stop come after all others (M72).
     */
    final class Plan {
        private final Node node;
        private final ServerId server;
        private final Set<Route> tried = new HashSet<>();
        private final Set<Offer> asked = new HashSet<>();

        Plan(Node node, ServerId server) {
            this.node = node;
            this.server = server;
        }

        /** The next route to try; another node and a session once. Sees what came meanwhile. */
        Optional<Route> next() {
            List<Offer> offers = byLoad();
            for (Offer offer : offers) {
                Spare spare = node.spares().take(offer);
                if (spare != null) {
                    return Optional.of(new Local(offer, spare));
                }
            }
            return elsewhere(offers, false).or(() -> elsewhere(offers, true));
        }

        private Optional<Route> elsewhere(List<Offer> offers, boolean draining) {
            return offers.stream()
                    .flatMap(this::holders)
                    .filter(peer -> draining(peer.holder()) == draining)
                    .<Route>map(peer -> peer)
                    .filter(tried::add)
                    .findFirst()
                    .or(() -> ask(offers, draining));
        }

        private boolean draining(NodeId other) {
            return node.peering().fleet().draining(other);
        }

        /** A skeleton that was not asked on any node comes before a second session of one that was. */
        private Optional<Route> ask(List<Offer> offers, boolean draining) {
            Optional<Route> ask = offers.stream()
                    .sorted(Comparator.comparing(asked::contains))
                    .flatMap(this::homes)
                    .filter(home -> draining(home.home()) == draining)
                    .<Route>map(home -> home)
                    .filter(tried::add)
                    .findFirst();
            ask.ifPresent(route -> asked.add(route.offer()));
            return ask;
        }

        /** The skeletons that serve it, in the order in which they should. */
        List<Offer> byLoad() {
            List<Offer> offers = node.directory().offers(server);
            if (offers.size() < 2) {
                return offers;
            }
            var mixed = new ArrayList<>(offers);
            Collections.shuffle(mixed);
            return mixed.stream()
                    .map(offer -> new Loaded(offer, load(offer)))
                    .sorted(Comparator.comparingInt(Loaded::tunnels))
                    .map(Loaded::offer)
                    .toList();
        }

        /** An offer with its load as of one moment, since sorting by what changes meanwhile fails. */
        private record Loaded(Offer offer, int tunnels) {}

        private int load(Offer offer) {
            return node.tunnels().of(offer)
                    + node.directory().elsewhere(offer).stream()
                            .mapToInt(told -> told.entry().tunnels())
                            .sum();
        }

        private Stream<Peer> holders(Offer offer) {
            return reachable(offer).filter(told -> told.entry().spares() > 0).map(told -> new Peer(offer, told.node()));
        }

        private Stream<Ask> homes(Offer offer) {
            Stream<NodeId> here = node.directory().registration(offer).isPresent() ? Stream.of(node.id()) : Stream.of();
            Stream<NodeId> there = reachable(offer)
                    .filter(told -> told.entry().claim() != null)
                    .map(Listing.Told::node);
            return Stream.concat(here, there).map(home -> new Ask(offer, home));
        }

        /** What other nodes tell of an offer, those left out from which no leg would come. */
        private Stream<Listing.Told> reachable(Offer offer) {
            return node.directory().elsewhere(offer).stream()
                    .filter(told -> node.peering().links().crossable(told.node()));
        }
    }
}
