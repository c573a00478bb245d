package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A node without the cluster's key in the private network: whatever it tells the members, it gets no tunnel of theirs,
 * and they get none of its. What a program can forge that is no node is tried in RelayClusterTest.
 */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class ForeignNodeTest {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static final int UNAVAILABLE = 4;

    /** Its own skeleton is where it wants it: nothing but cluster.key is between its target and our clients. */
    @Test
    void withAnotherClusterKeyItIsLinkedToNobody() throws Exception {
        Cluster cluster = Cluster.shared();
        Target right = STAGE.keep(Target.echo());
        Target wrong = STAGE.keep(Target.echo());
        for (String id : List.of("ours", "theirs")) {
            cluster.network().share(id);
        }
        STAGE.keep(cluster.skeletons(
                "ours",
                List.of(cluster.node(0)),
                node -> "servers: [{id: ours, target: \"" + right.address() + "\"}]"));
        List<SocksPort> clients = cluster.socks(STAGE, "foreign-clients");

        ClusterNode foreign = cluster.prepare(NodeAddress.local("foreign"), cluster.newClusterKey("other.key"));
        foreign.configure(cluster.network(), cluster.members(), List.of());
        STAGE.keep(foreign.start());
        foreign.awaitReady();
        STAGE.keep(cluster.skeletons(
                "theirs",
                List.of(foreign),
                node -> "servers: [{id: theirs, target: \"" + wrong.address() + "\"}, {id: ours, target: \""
                        + wrong.address() + "\"}]"));
        Cluster.awaitServers(30, cluster.nodes(), Map.of("theirs", 1));

        for (ClusterNode node : cluster.nodes()) {
            node.program().awaitLog("node foreign \\(.*cannot be linked", 30);
        }
        foreign.program().awaitLog("cannot be linked", 30);

        for (SocksPort client : clients) {
            assertEquals(UNAVAILABLE, client.reply("theirs"));
            for (int i = 0; i < 5; i++) {
                try (Socket tunnel = client.connect("ours")) {
                    assertEchoes(tunnel);
                }
            }
        }
        assertEquals(0, wrong.accepted(), "tunnels that ended at the foreign node's target");
        foreign.program().kill();
        Cluster.awaitServers(10, cluster.nodes(), Map.of("theirs", 0, "ours", 1));
    }

    private static void assertEchoes(Socket tunnel) throws IOException {
        tunnel.getOutputStream().write(42);
        assertEquals(42, tunnel.getInputStream().read());
    }
}
