package dev.tcprelay.client;

import static dev.tcprelay.client.ProxyTalk.ascii;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** The credentials of the proxy port: which can be asked for, and that they are never shown. */
class ProxyCredentialsTest {
    @Test
    void partsOf255BytesFitAndOthersDoNot() {
        String longest = "\u00e4".repeat(127) + "a";
        ProxyCredentials credentials = new ProxyCredentials(longest, longest);
        assertTrue(credentials.matches(longest.getBytes(UTF_8), longest.getBytes(UTF_8)));
        for (String wrong : new String[] {"", longest + "a", "\u00e4".repeat(128)}) {
            assertThrows(IllegalArgumentException.class, () -> new ProxyCredentials(wrong, "x"));
            assertThrows(IllegalArgumentException.class, () -> new ProxyCredentials("x", wrong));
        }
        assertThrows(IllegalArgumentException.class, () -> new ProxyCredentials("a:b", "x"));
    }

    @Test
    void bothPartsMustMatch() {
        ProxyCredentials credentials = new ProxyCredentials("alice", "secret");
        assertTrue(credentials.matches(ascii("alice"), ascii("secret")));
        assertFalse(credentials.matches(ascii("alice"), ascii("alice")));
        assertFalse(credentials.matches(ascii("secret"), ascii("secret")));
        assertFalse(credentials.matches(new byte[0], new byte[0]));
    }

    @Test
    void neitherPartIsShown() {
        assertEquals("ProxyCredentials[hidden]", new ProxyCredentials("alice", "secret").toString());
        Exception e =
                assertThrows(IllegalArgumentException.class, () -> new ProxyCredentials("alice", "secret".repeat(50)));
        assertFalse(e.getMessage().contains("secret"));
    }
}
