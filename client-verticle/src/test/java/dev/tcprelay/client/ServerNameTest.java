package dev.tcprelay.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tcprelay.protocol.files.ServerId;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which server id a host name means. */
class ServerNameTest {
    @ParameterizedTest
    @CsvSource({
        "web, web",
        "web., web",
        "web.relay, web",
        "web.relay., web",
        "WEB.Relay, web",
        "Web-1_x.eu, web-1_x.eu",
        "web.eu.relay, web.eu",
        "web.relay.relay, web.relay",
        "web.relay.relay., web.relay",
        "web.., web.",
        "web..relay, web.",
        "relay, relay",
        "relay.relay, relay",
        "webrelay, webrelay",
        "127.0.0.1, 127.0.0.1",
    })
    void aNameMeansItsId(String name, String id) {
        assertEquals(Optional.of(new ServerId(id)), ServerName.id(name));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                ".relay",
                ".relay.",
                "-web",
                "_web",
                ".web",
                "web/..",
                "a b",
                "web\u0000",
                "web\n",
                "web:80",
                "w\u00e4b",
                "\u212Aelvin",
                "wi\u0131",
                "\u0130d",
                "*",
                "web@relay",
                "[::1]"
            })
    void anythingElseIsNoServer(String name) {
        assertEquals(Optional.empty(), ServerName.id(name));
    }

    @Test
    void theLongestIdPassesWithAndWithoutSuffixAndOneMoreDoesNot() {
        String longest = "a".repeat(64);
        for (String end : new String[] {"", ".", ".relay", ".relay."}) {
            assertEquals(Optional.of(new ServerId(longest)), ServerName.id(longest + end));
            assertEquals(Optional.empty(), ServerName.id("a" + longest + end));
        }
        assertEquals(Optional.empty(), ServerName.id("a".repeat(8000)));
    }

    /** Every id is reached by its name with the suffix, whatever dots and suffixes it has itself. */
    @Test
    void everyIdWithTheSuffixMeansItself() {
        Random random = new Random(7);
        String alphabet = "az09._-";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder id = new StringBuilder("r");
            for (int length = random.nextInt(20); length > 0; length--) {
                id.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            id.append(random.nextInt(4) == 0 ? ".relay" : "");
            Optional<ServerId> expected = Optional.of(new ServerId(id.toString()));
            assertEquals(expected, ServerName.id(id + ".relay"));
            assertEquals(expected, ServerName.id(id + ".relay."));
        }
    }
}
