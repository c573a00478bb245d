package dev.tcprelay.launcher;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A node's status for people: what it is, then its servers, aligned. */
final class StatusReport {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

    private final JsonObject status;
    private final StringBuilder text = new StringBuilder();

    StatusReport(JsonObject status) {
        this.status = status;
    }

    String text() {
        node();
        work();
        process();
        cluster();
        servers();
        return text.toString();
    }

    private void line(String name, String value) {
        text.append(String.format(Locale.ROOT, "%-12s %s%n", name, value));
    }

    private void node() {
        JsonObject ports = status.getJsonObject("ports");
        String admin = ports.containsKey("admin") ? ", admin " + ports.getInteger("admin") : "";
        line("node", status.getString("node") + ", " + status.getString("state"));
        if (status.containsKey("drain")) {
            line("drain", drain(status.getJsonObject("drain")));
        }
        line("version", status.getString("version"));
        line("up", duration(status.getLong("uptimeSeconds")) + ", since " + status.getString("started"));
        line("key", status.getString("fingerprint"));
        line(
                "ports",
                "clients " + ports.getInteger("clients") + ", skeletons " + ports.getInteger("skeletons") + ", http "
                        + ports.getInteger("http") + admin);
        JsonObject users = status.getJsonObject("users");
        line("users", users.getInteger("count") + ", " + users.getString("hash"));
    }

    /** How far a node has come that drains. */
    static String drain(JsonObject drain) {
        return drain.getString("phase", "ends") + ": " + drain.getInteger("tunnels", 0) + " tunnels, "
                + drain.getInteger("sessions", 0) + " sessions, at most " + duration(drain.getLong("graceSeconds", 0L))
                + " more";
    }

    private void work() {
        JsonObject sessions = status.getJsonObject("sessions");
        JsonObject connections = status.getJsonObject("connections");
        JsonObject counters = status.getJsonObject("counters");
        line(
                "sessions",
                sessions.getInteger("clients") + " clients, " + sessions.getInteger("skeletons") + " skeletons");
        line(
                "tunnels",
                connections.getInteger("tunnels") + " open; since the start " + counters.getLong("tunnels")
                        + ", unavailable " + counters.getLong("tunnelsUnavailable") + ", "
                        + bytes(counters.getLong("bytesUp")) + " up, " + bytes(counters.getLong("bytesDown"))
                        + " down");
        line(
                "legs",
                connections.getInteger("legs") + ": " + connections.getInteger("warmLegs") + " warm, "
                        + connections.getInteger("spares") + " spare");
        line(
                "refused",
                counters.getLong("loginsRefused") + " logins, " + counters.getLong("attachesRefused") + " legs, "
                        + counters.getLong("opensRefused") + " opens, " + counters.getLong("registrationsRefused")
                        + " registers, " + counters.getLong("usersRefused") + " users files");
        line(
                "strangers",
                connections.getInteger("unauthenticated") + " now; since the start " + counters.getLong("strangers")
                        + ", shed " + counters.getLong("shed") + ", violations " + counters.getLong("violations"));
    }

    private void process() {
        JsonObject process = status.getJsonObject("process");
        JsonObject descriptors = process.getJsonObject("descriptors");
        line("process", process.getLong("pid") + ", Java " + process.getString("java"));
        line(
                "memory",
                "heap " + usage(process.getJsonObject("heap")) + ", direct " + usage(process.getJsonObject("netty")));
        line("descriptors", descriptors.getLong("used") + " of " + descriptors.getLong("max"));
        line(
                "threads",
                process.getInteger("threads") + "; " + process.getLong("collections") + " garbage collections took "
                        + process.getLong("collectingMillis") + " ms");
    }

    private void cluster() {
        JsonObject cluster = status.getJsonObject("cluster");
        if (cluster != null) {
            text.append(System.lineSeparator()).append(new ClusterTable(cluster).text());
        }
    }

    private void servers() {
        List<String[]> rows =
                new ArrayList<>(List.<String[]>of(new String[] {"SERVER", "SKELETONS", "SPARES", "TUNNELS"}));
        for (Object each : status.getJsonArray("servers")) {
            JsonObject server = (JsonObject) each;
            rows.add(new String[] {
                server.getString("id"),
                server.getInteger("skeletons").toString(),
                server.getInteger("spares").toString(),
                server.getInteger("tunnels").toString()
            });
        }
        int widest = rows.stream().mapToInt(row -> row[0].length()).max().orElse(0);
        text.append(System.lineSeparator());
        for (String[] row : rows) {
            text.append(String.format(Locale.ROOT, "%-" + widest + "s  %9s  %6s  %7s%n", (Object[]) row));
        }
        if (rows.size() == 1) {
            text.append("(none is available)").append(System.lineSeparator());
        }
    }

    private static String usage(JsonObject usage) {
        return bytes(usage.getLong("used")) + " of " + bytes(usage.getLong("max"));
    }

    /** With three digits at least, or all of them. */
    static String bytes(long bytes) {
        double amount = bytes;
        int unit = 0;
        while (amount >= 1000 && unit < UNITS.length - 1) {
            amount /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 || amount >= 100 ? "%.0f %s" : "%.1f %s", amount, UNITS[unit]);
    }

    /** In its two largest units. */
    static String duration(long seconds) {
        Duration duration = Duration.ofSeconds(seconds);
        if (duration.toDays() > 0) {
            return duration.toDays() + " d " + duration.toHoursPart() + " h";
        } else if (duration.toHours() > 0) {
            return duration.toHours() + " h " + duration.toMinutesPart() + " min";
        } else if (duration.toMinutes() > 0) {
            return duration.toMinutes() + " min " + duration.toSecondsPart() + " s";
        }
        return seconds + " s";
    }
}
