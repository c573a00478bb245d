package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What somebody sees on his own machine when a server cannot be reached: each cause as itself, and no more than it. */
class LocalErrorsTest {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static final int DENIED = 2;
    private static final int NOT_AVAILABLE = 4;
    private static final int REFUSED = 5;
    private static final int COMMAND_NOT_SUPPORTED = 7;
    private static final int ADDRESS_TYPE_NOT_SUPPORTED = 8;
    private static final int EXIT_UNAVAILABLE = 6;
    private static final int CURL_PROXY_FAILED = 97;

    private static Network network;
    private static Target otherPsk;
    private static SocksPort socks;
    private static Program client;

    @BeforeAll
    static void serversWithSomethingWrong() throws Exception {
        network = Network.relayOnly(STAGE);
        network.addUser(Network.CAROL, "--connect", "web,refusing,other-psk,asleep,never-was,no-psk");
        network.addUser(Network.SAM, "--serve", "*");
        network.login(network.client(), Network.CAROL).succeeds();
        network.login(network.skeleton(), Network.SAM).succeeds();
        Target echo = STAGE.keep(Target.echo());
        network.expose("web", echo.address());
        network.expose("refusing", "127.0.0.1:" + Ports.free());
        network.expose("not-granted", echo.address());
        network.share("asleep");
        network.client().run("psk", "new", "never-was").succeeds();
        otherPsk = STAGE.keep(Target.echo());
        network.skeleton().run("psk", "new", "other-psk").succeeds();
        network.client().run("psk", "new", "other-psk").succeeds();
        network.serve("other-psk", otherPsk.address());
        socks = new SocksPort(Ports.free());
        client = network.clientWith("--socks", "" + socks.port());
    }

    private static Result curl(String server) throws Exception {
        String proxy = "socks5h://127.0.0.1:" + socks.port();
        return STAGE.run(Invocation.of("curl", "-sS", "--max-time", "30", "--proxy", proxy, "http://" + server + "/"));
    }

    @Test
    void aTargetThatRefusesIsConnectionRefused() throws Exception {
        curl("refusing").exits(CURL_PROXY_FAILED).says("(" + REFUSED + ")");
        client.awaitLog("refusing.*refused", 10);
        assertEquals(REFUSED, socks.reply("refusing"));
        Result stdio = network.client().run("stdio", "refusing");
        assertTrue(stdio.code() != 0, "exit code");
        stdio.says("refusing", "refused");
    }

    @Test
    void anotherPskIsDeniedAndTheTargetIsNeverCalled() throws Exception {
        curl("other-psk").exits(CURL_PROXY_FAILED).says("(" + DENIED + ")");
        client.awaitLog("other-psk.*psk", 10);
        network.client().run("stdio", "other-psk").says("psk");
        assertEquals(0, otherPsk.accepted(), "connections to the target");
    }

    @Test
    void unknownOfflineAndForbiddenLookAlike() throws Exception {
        // The same psk files for all of them: what differs is known to the relay only.
        network.client().runWithInput(PSK, "psk", "import", "nobodys").succeeds();
        for (String server : new String[] {"never-was", "asleep", "not-granted", "nobodys"}) {
            assertEquals(NOT_AVAILABLE, socks.reply(server), server);
        }
        String neverWas = notAvailable("never-was");
        assertEquals(neverWas, notAvailable("asleep"));
        assertEquals(neverWas, notAvailable("not-granted"));
        assertEquals(neverWas, notAvailable("nobodys"));
    }

    /** Thirty-two zeros: well-formed, and no server's. */
    private static final String PSK = "tcprelay-psk-1:" + "A".repeat(43) + "=\n";

    private static String notAvailable(String server) throws Exception {
        Result result = network.client().run("stdio", server).exits(EXIT_UNAVAILABLE);
        assertEquals("", result.out());
        return result.err().replace(server, "NAME");
    }

    @Test
    void aServerWithoutALocalPskSaysHowToGetOne() throws Exception {
        Result result = network.client().run("stdio", "no-psk");
        assertTrue(result.code() != 0, "exit code");
        result.says("psk", "no-psk");
    }

    @Test
    void aNameThatCanBeNoIdIsNotAvailable() throws Exception {
        assertEquals(NOT_AVAILABLE, socks.reply("www,example"));
        assertEquals(NOT_AVAILABLE, socks.reply("-web"));
    }

    @Test
    void otherCommandsAndAddressesAreToldByTheirCodes() throws Exception {
        byte[] web = {3, 'w', 'e', 'b'};
        byte[] loopback = {127, 0, 0, 1};
        assertEquals(COMMAND_NOT_SUPPORTED, socks.reply(SocksPort.BIND, SocksPort.NAME, web));
        assertEquals(ADDRESS_TYPE_NOT_SUPPORTED, socks.reply(SocksPort.CONNECT, SocksPort.IPV4, loopback));
        // curl resolves the name itself with socks5://, and is told by the code what it did wrong.
        Result result = STAGE.run(
                Invocation.of("curl", "-sS", "--proxy", "socks5://127.0.0.1:" + socks.port(), "http://127.0.0.1/"));
        result.exits(CURL_PROXY_FAILED).says("(" + ADDRESS_TYPE_NOT_SUPPORTED + ")");
    }

    @Test
    void aBrowserThatTakesThePortForASiteReadsWhatItIsFor() throws Exception {
        Result result = STAGE.run(Invocation.of("curl", "-sS", "http://127.0.0.1:" + socks.port() + "/"));
        assertTrue(result.succeeds().out().contains("socks5h"), result.out());
    }

    @Test
    void afterAllThatTheClientStillWorks() throws Exception {
        try (Socket connection = socks.connect("web")) {
            connection.getOutputStream().write("still".getBytes(StandardCharsets.US_ASCII));
            assertEquals("still", new String(connection.getInputStream().readNBytes(5), StandardCharsets.US_ASCII));
        }
    }
}
