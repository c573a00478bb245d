package dev.tcprelay.launcher;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The nodes of a cluster, for people. */
class ClusterTableTest {
    private static final JsonObject LINKS =
            new JsonObject().put("warm", 2).put("used", 1).put("failed", 0);

    private static JsonObject node(String name, boolean self) {
        return new JsonObject()
                .put("node", "00")
                .put("name", name)
                .put("self", self)
                .put("version", "1")
                .put("address", "10.0.0.1:7002")
                .put("state", "ready")
                .put("servers", 3)
                .put("links", LINKS)
                .put("since", "2026-11-22T12:00:00Z")
                .put("sessions", 5)
                .put("usersHash", "0123456789abcdef")
                .put("sameUsers", true);
    }

    private static List<String> table(JsonObject... nodes) {
        boolean differ = List.of(nodes).stream().anyMatch(node -> Boolean.FALSE.equals(node.getBoolean("sameUsers")));
        var cluster = new JsonObject().put("usersDiffer", differ).put("nodes", new JsonArray(List.of(nodes)));
        return new ClusterTable(cluster).text().lines().toList();
    }

    @Test
    void eachNodeHasALine() {
        List<String> lines = table(node("a", true), node("a-longer-name", false));
        assertTrue(lines.get(0).startsWith("NODE           STATE  ADDRESS        SINCE"), lines::toString);
        assertTrue(lines.get(1).matches("a \\(this\\) .*00Z +5 +3 +- +0123456789ab"), lines::toString);
        assertTrue(lines.get(2).contains("2 warm, 1 used, 0 failed"), lines::toString);
        assertFalse(lines.toString().contains("DIFFER"), lines::toString);
    }

    @Test
    void otherUsersAreMarked() {
        List<String> lines = table(node("a", true), node("b", false).put("sameUsers", false));
        assertTrue(lines.get(2).endsWith("0123456789ab DIFFERS"), lines::toString);
        assertTrue(lines.get(3).startsWith("THE USERS DIFFER"), lines::toString);
    }

    @Test
    void aNodeThatHasNotToldAnythingHasDashes() {
        JsonObject silent = node("b", false).put("state", "silent");
        List.of("since", "sessions", "usersHash", "sameUsers").forEach(silent::remove);
        assertTrue(
                table(node("a", true), silent).get(2).matches("b +silent +10\\.0\\.0\\.1:7002 +- +- +3 +2 warm.* -"),
                () -> table(silent).toString());
    }
}
