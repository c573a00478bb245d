package dev.tcprelay.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** All that can be measured, and which of them are. */
final class Contenders {
    /** For {@code --peers}: none but our own. */
    static final String NONE = "none";

    private final List<Contender> own;
    private final List<Contender> peers;

    private Contenders(List<Contender> own, List<Contender> peers) {
        this.own = List.copyOf(own);
        this.peers = List.copyOf(peers);
    }

    /** @param script the relay command */
    static Contenders all(Path script) {
        return new Contenders(
                List.of(new Direct(), new Relay(script), new RelayTwoNodes(script), new RelayAlone(script)),
                List.of(
                        new HaProxy(false, false),
                        new HaProxy(false, true),
                        new HaProxy(true, false),
                        new HaProxy(true, true),
                        new Ssh(),
                        new Rathole(Rathole.Transport.TCP),
                        new Rathole(Rathole.Transport.NOISE),
                        new Rathole(Rathole.Transport.TLS),
                        new Frp(true),
                        new Frp(false),
                        new Bore(),
                        new Chisel(),
                        new GSocket()));
    }

    /**
     * With the peers that are meant: the whole name, or its beginning up to a hyphen.
     *
     * @param names empty for all
     * @throws IllegalArgumentException if one fits none; the message says which there are
     */
    Contenders choose(List<String> names) {
        if (names.isEmpty() || names.equals(List.of(NONE))) {
            return names.isEmpty() ? this : new Contenders(own, List.of());
        }
        Set<Contender> chosen = new LinkedHashSet<>();
        for (String name : names) {
            List<Contender> fitting = peers.stream()
                    .filter(peer -> peer.name().equals(name) || peer.name().startsWith(name + "-"))
                    .toList();
            if (fitting.isEmpty()) {
                throw new IllegalArgumentException("no peer " + name + "; there are "
                        + String.join(", ", peers.stream().map(Contender::name).toList()) + ", and " + NONE);
            }
            chosen.addAll(fitting);
        }
        return new Contenders(own, List.copyOf(chosen));
    }

    /** Without those whose programs are not on the PATH. */
    List<Contender> available() {
        List<Contender> all = new ArrayList<>(own);
        peers.stream()
                .filter(peer -> peer.programs().stream().allMatch(Programs::isThere))
                .forEach(all::add);
        return all;
    }

    /** Those that are meant, but lack a program. */
    List<Contender> missing() {
        return peers.stream().filter(peer -> !available().contains(peer)).toList();
    }
}
