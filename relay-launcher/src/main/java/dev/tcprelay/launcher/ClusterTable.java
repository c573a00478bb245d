package dev.tcprelay.launcher;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The nodes of a cluster for people, one a line, aligned. */
final class ClusterTable {
    private static final List<String> HEAD =
            List.of("NODE", "STATE", "ADDRESS", "SINCE", "SESSIONS", "SERVERS", "LINKS", "USERS");
    private static final int HASH = 12;
    private static final String NOT_KNOWN = "-";

    private final JsonObject cluster;

    /** @param cluster of the status */
    ClusterTable(JsonObject cluster) {
        this.cluster = cluster;
    }

    String text() {
        List<List<String>> rows = new ArrayList<>(List.of(HEAD));
        for (Object each : cluster.getJsonArray("nodes")) {
            rows.add(row((JsonObject) each));
        }
        var text = new StringBuilder();
        for (List<String> row : rows) {
            text.append(aligned(row, rows)).append(System.lineSeparator());
        }
        if (cluster.getBoolean("usersDiffer")) {
            text.append("THE USERS DIFFER: give all nodes the same users file").append(System.lineSeparator());
        }
        return text.toString();
    }

    private static List<String> row(JsonObject node) {
        boolean self = node.getBoolean("self");
        boolean told = node.containsKey("since");
        return List.of(
                node.getString("name") + (self ? " (this)" : ""),
                node.getString("state"),
                node.getString("address"),
                told ? node.getString("since") : NOT_KNOWN,
                told ? node.getInteger("sessions").toString() : NOT_KNOWN,
                node.getInteger("servers").toString(),
                self ? NOT_KNOWN : links(node.getJsonObject("links")),
                told ? users(node) : NOT_KNOWN);
    }

    private static String links(JsonObject links) {
        return links.getInteger("warm") + " warm, " + links.getInteger("used") + " used, " + links.getLong("failed")
                + " failed";
    }

    private static String users(JsonObject node) {
        String hash = node.getString("usersHash");
        return hash.substring(0, Math.min(HASH, hash.length())) + (node.getBoolean("sameUsers") ? "" : " DIFFERS");
    }

    private static String aligned(List<String> row, List<List<String>> rows) {
        var line = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
            int column = i;
            int width = rows.stream()
                            .mapToInt(each -> each.get(column).length())
                            .max()
                            .orElse(0)
                    + 2;
            line.append(String.format(Locale.ROOT, "%-" + width + "s", row.get(i)));
        }
        return line.toString().stripTrailing();
    }
}
