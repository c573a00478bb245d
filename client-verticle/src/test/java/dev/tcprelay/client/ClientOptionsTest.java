package dev.tcprelay.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.channel.SettingsException;
import dev.tcprelay.client.ClientOptions.Forward;
import dev.tcprelay.protocol.files.HostPort;
import dev.tcprelay.protocol.files.ServerId;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The config of a client. */
class ClientOptionsTest {
    private static ClientOptions of(String json) {
        return ClientOptions.of(new JsonObject(json));
    }

    private static String problem(String json) {
        return String.valueOf(
                assertThrows(SettingsException.class, () -> of(json)).getMessage());
    }

    @Test
    void everythingHasADefault() {
        ClientOptions options = of("{\"home\": \"/h\"}");
        assertEquals(Path.of("/h"), options.home().directory());
        assertNull(options.relay());
        assertNull(options.user());
        assertNull(options.keyFile());
        assertNull(options.socks());
        assertEquals(2, options.warmLegs());
        assertEquals(List.of(), options.forwards());
    }

    @Test
    void theWholeForm() {
        ClientOptions options = of("{\"relay\": \"127.0.0.1:7000\", \"home\": \"/h\", \"user\": \"alice\","
                + " \"keyFile\": \"/k\", \"warmLegs\": 0,"
                + " \"socks\": {\"host\": \"0.0.0.0\", \"port\": 1, \"user\": \"x\", \"passwordFile\": \"/p\"},"
                + " \"forwards\": [{\"listen\": \"[::1]:25\", \"server\": \"mail\"},"
                + " {\"listen\": 80, \"server\": \"web\"}, {\"listen\": \"81\", \"server\": \"web\"}]}");
        assertEquals(new HostPort("0.0.0.0", 1), options.socks().listen());
        assertEquals(
                List.of(
                        new Forward(new HostPort("::1", 25), new ServerId("mail")),
                        new Forward(new HostPort("127.0.0.1", 80), new ServerId("web")),
                        new Forward(new HostPort("127.0.0.1", 81), new ServerId("web"))),
                options.forwards());
    }

    @Test
    void aMisspeltKeyOfAnOptionalPartIsRecognized() {
        assertTrue(problem("{\"sock\": {}}").contains("did you mean socks?"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.1.2.3", "localhost", "::1", "[::1]"})
    void loopbackNeedsNoPassword(String host) {
        assertEquals(
                1080,
                of("{\"socks\": {\"host\": \"" + host + "\"}}").socks().listen().port());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "192.168.1.1", "127.example.org", "localhost.example.org", "::2"})
    void anyOtherHostNeedsOne(String host) {
        String text = problem("{\"socks\": {\"host\": \"" + host + "\"}}");
        assertTrue(text.contains("socks.host") && text.contains("set user and passwordFile"), text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"socks\": {\"user\": \"x\"}}",
                "{\"socks\": {\"passwordFile\": \"/x\"}}",
                "{\"socks\": {\"host\": \"a b\"}}",
                "{\"warmLegs\": 65}",
                "{\"forwards\": [{\"server\": \"x\"}]}",
                "{\"forwards\": [{\"listen\": \"1\"}]}",
                "{\"forwards\": [{\"listen\": 70000, \"server\": \"x\"}]}",
                "{\"forwards\": [{\"listen\": true, \"server\": \"x\"}]}",
                "{\"forwards\": [{\"listen\": 8, \"server\": \"x\"}, {\"listen\": 8, \"server\": \"y\"}]}",
                "{\"socks\": {\"port\": 8}, \"forwards\": [{\"listen\": 8, \"server\": \"x\"}]}",
                "{\"forward\": []}"
            })
    void mistakesAreRefused(String json) {
        assertTrue(!problem(json).isEmpty());
    }
}
