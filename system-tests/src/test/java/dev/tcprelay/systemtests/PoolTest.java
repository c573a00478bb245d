package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Several skeletons of one id, servers that fail, and config files that change while all goes on. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class PoolTest {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static final String SKELETON = "verticles:\n  - verticle: skeleton\n    config:\n      servers:\n";
    private static final int SKELETONS = 3;

    private static Network network;
    private static SocksPort socks;

    @BeforeAll
    static void aRelayAndAClient() throws Exception {
        network = Network.start(STAGE);
        for (String id : List.of("pool", "sick", "socket", "old", "new", "only")) {
            network.share(id);
        }
        socks = network.socks();
    }

    private static Path config(String name, String servers) throws IOException {
        return Files.writeString(STAGE.file(name + ".yaml"), SKELETON + servers);
    }

    private static Program run(Path config) throws Exception {
        Program running = network.skeleton().start("run", config.toString());
        running.awaitLine("^ready", 60);
        return running;
    }

    private static String server(String id, Target target, String more) {
        return "        - {id: " + id + ", target: \"" + target.address() + "\"" + more + "}\n";
    }

    private static void assertEchoes(Socket tunnel) throws IOException {
        tunnel.getOutputStream().write(42);
        assertEquals(42, tunnel.getInputStream().read());
    }

    private static void assertEchoes(String id) throws IOException {
        try (Socket tunnel = socks.connect(id)) {
            assertEchoes(tunnel);
        }
    }

    private static boolean alive(Socket tunnel) {
        try {
            assertEchoes(tunnel);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void threeShareTheLoadAndOneThatIsKilledIsNotMissed() throws Exception {
        List<Target> targets = new ArrayList<>();
        List<Program> skeletons = new ArrayList<>();
        for (int i = 0; i < SKELETONS; i++) {
            targets.add(STAGE.keep(Target.echo()));
            skeletons.add(run(config("pool-" + i, server("pool", targets.get(i), ""))));
            skeletons.get(i).awaitLog("serving pool", 30);
        }
        List<Socket> tunnels = new ArrayList<>();
        for (int i = 0; i < 3 * SKELETONS; i++) {
            tunnels.add(STAGE.keep(socks.connect("pool")));
            assertEchoes(tunnels.get(i));
        }
        assertEquals(List.of(3, 3, 3), targets.stream().map(Target::accepted).toList());

        skeletons.get(0).kill();
        for (int i = 0; i < 2 * SKELETONS; i++) {
            Socket next = STAGE.keep(socks.connect("pool"));
            assertEchoes(next);
        }
        assertEquals(List.of(3, 6, 6), targets.stream().map(Target::accepted).toList());
        assertEquals(6, tunnels.stream().filter(PoolTest::alive).count(), "tunnels of the others");
        String list = network.client().run("ls", "--json").succeeds().out().replaceAll("\\s", "");
        assertEquals(true, list.contains("{\"id\":\"pool\",\"skeletons\":2}"), list);
    }

    @Test
    void aServerThatStopsIsWithdrawnUntilItIsBack() throws Exception {
        int port = Ports.free();
        Program skeleton;
        try (Target target = Target.echo(port)) {
            String health = ", health: {interval: 200ms, timeout: 1s, failures: 2}";
            skeleton = run(config("sick", server("sick", target, health)));
            skeleton.awaitLog("serving sick", 30);
            assertEchoes("sick");
        }
        skeleton.awaitLog("sick is withdrawn, since 127.0.0.1:" + port + " takes no connections any more", 30);
        Eventually.within(10, "sick is not available", () -> socks.reply("sick") == 4);
        int logged = skeleton.errors().text().split("\n").length;
        STAGE.keep(Target.echo(port));
        skeleton.awaitLog("serving sick", logged, 30);
        assertEchoes("sick");
        assertEquals(1, skeleton.errors().text().split("withdrawn").length - 1, "warnings");
    }

    @Test
    void aServerOnAUnixSocket() throws Exception {
        Nginx nginx = Nginx.startOnSocket(STAGE);
        nginx.add("page", "through a socket\n");
        network.serve("socket", nginx.address());
        String url = "http://socket/page";
        String proxy = "socks5h://127.0.0.1:" + socks.port();
        assertEquals(
                "through a socket",
                STAGE.run(Invocation.of("curl", "-sS", "--max-time", "60", "--proxy", proxy, url))
                        .succeeds()
                        .out()
                        .strip());
    }

    @Test
    void serversComeAndGoWithTheConfigFile() throws Exception {
        Target before = STAGE.keep(Target.echo());
        Target after = STAGE.keep(Target.echo());
        Path config = config("changing", server("old", before, ""));
        Program skeleton = run(config);
        skeleton.awaitLog("serving old", 30);
        try (Socket tunnel = socks.connect("old")) {
            assertEchoes(tunnel);
            Files.writeString(config, SKELETON + server("new", after, ""));
            skeleton.awaitLog("serving new", 30);
            skeleton.awaitLog("changing.yaml:2:5: skeleton has taken its changed config", 10);
            assertEchoes("new");
            assertEquals(4, socks.reply("old"));
            assertEchoes(tunnel);
            Files.writeString(config, SKELETON + server("new", after, ", spare: 1"));
            skeleton.awaitLog("changing.yaml:5:\\d+: .*spare: unknown key; did you mean spares", 10);
            assertEchoes("new");
            Files.writeString(
                    config, SKELETON.replace("config:\n", "config:\n      user: sam\n") + server("new", after, ""));
            skeleton.awaitLog("changing.yaml:4:7: .*user: this cannot change while it runs", 10);
            assertEchoes("new");
            assertEchoes(tunnel);
        }
        assertEquals(0, skeleton.terminate(20));
    }

    /** A holder that hangs, as a machine that lost its power does for the relay, is replaced within seconds. */
    @Test
    void anExclusiveIdHasOneHolderAndADeadOneLosesIt() throws Exception {
        Target first = STAGE.keep(Target.echo());
        Target second = STAGE.keep(Target.echo());
        Program holder = network.serve("only", first.address());
        Program other = network.skeleton().start("expose", "only", second.address(), "--exclusive");
        other.awaitLog("only is not served: .*wants it exclusively", 60);
        assertEchoes("only");
        signal("STOP", holder);
        try {
            other.awaitLine("serving only", 90);
            assertEchoes("only");
            assertEquals(1, second.accepted());
        } finally {
            signal("CONT", holder);
        }
        assertEquals(1, other.errors().text().split("not served").length - 1, "warnings");
        holder.awaitLog("only is not served", 60);
    }

    private static void signal(String name, Program to) throws Exception {
        STAGE.run(Invocation.bash("kill -" + name + " " + to.process().pid())).succeeds();
    }
}
