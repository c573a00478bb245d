package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A running relay takes changes of its users file over by itself; the tunnels that run go on. */
class UsersFileTest {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    /** It looks every second; a machine that is busy gets more. */
    private static final long SECONDS_TO_NOTICE = 10;

    private static final int REFUSED = 3;

    private static Network network;

    @BeforeAll
    static void aRelayWithAServer() throws Exception {
        network = Network.start(STAGE);
        network.expose("web", STAGE.keep(Target.echo()).address());
    }

    @Test
    void aUserWhoIsAddedLogsInAndOneWhoIsDisabledOrRemovedIsOut() throws Exception {
        RelayCommand erin = RelayCommand.in(STAGE, "erin");
        network.addUser("erin", "--connect", "web");
        Eventually.within(
                SECONDS_TO_NOTICE,
                "erin logs in",
                () -> network.login(erin, "erin").code() == 0);
        assertEquals("web", erin.run("ls").succeeds().out());

        network.user("erin", "disable").succeeds();
        Eventually.within(SECONDS_TO_NOTICE, "erin is out", () -> erin.run("ls").code() == REFUSED);
        network.user("erin", "enable").succeeds();
        Eventually.within(
                SECONDS_TO_NOTICE, "erin is back", () -> erin.run("ls").code() == 0);
        network.user("erin", "remove").succeeds();
        Eventually.within(SECONDS_TO_NOTICE, "erin is out", () -> erin.run("ls").code() == REFUSED);
    }

    @Test
    void aSessionEndsWithItsUserAndItsTunnelsGoOn() throws Exception {
        RelayCommand frank = RelayCommand.in(STAGE, "frank");
        network.addUser("frank", "--connect", "web");
        Eventually.within(
                SECONDS_TO_NOTICE,
                "frank logs in",
                () -> network.login(frank, "frank").code() == 0);
        frank.runWithInput(Files.readString(network.client().psk("web")), "psk", "import", "web")
                .succeeds();
        SocksPort socks = new SocksPort(Ports.free());
        frank.start("client", "--socks", "" + socks.port()).awaitLine("^ready", 60);
        try (Socket tunnel = socks.connect("web")) {
            network.user("frank", "remove").succeeds();
            Eventually.within(SECONDS_TO_NOTICE, "no new tunnel for frank", () -> socks.reply("web") != 0);
            assertEchoes(tunnel);
        }
    }

    @Test
    void aServerGoesWithTheAccountThatServesIt() throws Exception {
        RelayCommand grace = RelayCommand.in(STAGE, "grace");
        network.addUser("grace", "--serve", "shop");
        Eventually.within(
                SECONDS_TO_NOTICE,
                "grace logs in",
                () -> network.login(grace, "grace").code() == 0);
        grace.run("psk", "new", "shop").succeeds();
        grace.start("expose", "shop", "127.0.0.1:" + Ports.free()).awaitLine("serving shop", 60);
        network.awaitList(SECONDS_TO_NOTICE, "shop", "web");
        network.user("grace", "disable").succeeds();
        network.awaitList(SECONDS_TO_NOTICE, "web");
    }

    @Test
    void aFileThatIsWrongChangesNothing() throws Exception {
        Path users = network.directory().resolve("users");
        String good = Files.readString(users);
        int logged = network.node().errors().size();
        Files.writeString(users, good + "mallory x25519:" + "A".repeat(43) + "= connect=*\n");
        network.node().awaitLog("ERROR .*the users stay as they were", logged, SECONDS_TO_NOTICE);
        assertEquals("web", network.client().run("ls").succeeds().out());
        Files.writeString(users, good);
    }

    private static void assertEchoes(Socket tunnel) throws IOException {
        tunnel.getOutputStream().write(42);
        assertEquals(42, tunnel.getInputStream().read());
    }
}
