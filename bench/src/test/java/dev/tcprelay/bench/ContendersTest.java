package dev.tcprelay.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ContendersTest {
    private static List<String> names(String... peers) {
        Contenders chosen = Contenders.all(Path.of("relay")).choose(List.of(peers));
        return Stream.concat(chosen.available().stream(), chosen.missing().stream())
                .map(Contender::name)
                .toList();
    }

    @Test
    void noNameComesTwice() {
        assertEquals(names().size(), new HashSet<>(names()).size());
    }

    @Test
    void ourOwnAreAlwaysThere() {
        List<String> own = List.of("direct", "relay", "relay-two-nodes", "relay-alone");
        assertEquals(own, names(Contenders.NONE));
        assertTrue(names().containsAll(own));
    }

    @Test
    void aProgramStandsForAllItsContendersAndAWholeNameForOne() {
        assertTrue(names("rathole").containsAll(List.of("rathole", "rathole-noise", "rathole-tls")));
        assertEquals(
                1,
                names("rathole-tls").stream()
                        .filter(name -> name.startsWith("rathole"))
                        .count());
        assertEquals(
                2, names("frp").stream().filter(name -> name.startsWith("frp-")).count());
    }

    @Test
    void aNameThatFitsNothingIsAnErrorThatSaysWhatThereIs() {
        var e = assertThrows(IllegalArgumentException.class, () -> names("haproxi"));
        assertTrue(e.getMessage().startsWith("no peer haproxi; there are haproxy, "), e.getMessage());
    }
}
