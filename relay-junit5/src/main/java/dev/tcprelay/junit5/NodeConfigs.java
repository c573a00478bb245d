package dev.tcprelay.junit5;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The configs of a harness's nodes. They share a directory.
 *
 * @param settings what a test wants beyond that
 */
record NodeConfigs(Path directory, JsonObject settings) {
    /** Finds the ports that must be known before a node runs. Blocks for an instant. */
    List<JsonObject> of(int nodes) throws IOException {
        return nodes == 1 ? List.of(alone()) : clustered(nodes);
    }

    private JsonObject alone() {
        return new JsonObject()
                .put("directory", directory.toString())
                .put("clients", local(0))
                .put("skeletons", local(0))
                .put("http", local(0))
                .mergeIn(settings, true);
    }

    private List<JsonObject> clustered(int nodes) throws IOException {
        var ports = new ArrayList<Integer>();
        for (int i = 0; i < nodes; i++) {
            ports.add(FreePort.find());
        }
        var members = new JsonArray();
        ports.forEach(port -> members.add("127.0.0.1:" + port));
        var configs = new ArrayList<JsonObject>();
        for (int i = 0; i < nodes; i++) {
            var cluster = new JsonObject()
                    .put("name", "node-" + i)
                    .put("host", "127.0.0.1")
                    .put("port", ports.get(i))
                    .put("busPort", FreePort.find())
                    .put("members", members);
            configs.add(clustered(i, cluster));
        }
        return configs;
    }

    /** The ports are fixed: a node that is started again is where it was. */
    private JsonObject clustered(int node, JsonObject cluster) throws IOException {
        Path socket = directory.resolve("node-" + node + ".sock");
        return alone().put("clients", local(FreePort.find()))
                .put("skeletons", local(FreePort.find()))
                .put("peers", new JsonObject().put("port", FreePort.find()))
                .put("admin", new JsonObject().put("socket", socket.toString()))
                .put("cluster", cluster)
                .mergeIn(settings, true);
    }

    private static JsonObject local(int port) {
        return new JsonObject().put("host", "127.0.0.1").put("port", port);
    }
}
