package dev.tcprelay.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** HAProxy in mode tcp: plain forwarding, either three in a row, where client, relay and skeleton would be, or one. */
final class HaProxy implements Contender {
    private final boolean alone;
    private final boolean splice;

    /** @param splice let the kernel move the bytes; else through buffers of the standard size */
    HaProxy(boolean alone, boolean splice) {
        this.alone = alone;
        this.splice = splice;
    }

    @Override
    public String name() {
        return "haproxy" + (alone ? "-alone" : "") + (splice ? "-splice" : "");
    }

    @Override
    public List<String> programs() {
        return List.of("haproxy");
    }

    @Override
    public List<String> versionCommand() {
        return List.of("haproxy", "-v");
    }

    @Override
    public Entry start(Stage stage) throws IOException, InterruptedException {
        if (alone) {
            int port = add(
                    stage,
                    "relay",
                    stage.relay(),
                    stage.target().getHostString() + ":" + stage.target().getPort());
            return stage.entry(stage.relay(), port);
        }
        int last = add(stage, "skeleton", stage.skeleton(), stage.besideTarget());
        int middle = add(stage, "relay", stage.relay(), stage.skeleton().host() + ":" + last);
        int first = add(stage, "client", stage.client(), stage.relay().host() + ":" + middle);
        return stage.entry(stage.client(), first);
    }

    private int add(Stage stage, String name, Place place, String to) throws IOException, InterruptedException {
        int port = Stage.port();
        List<String> lines = new ArrayList<>(List.of("global", "  maxconn 8500", "  maxpipes 1024", "  nbthread 1"));
        lines.addAll(List.of("defaults", "  mode tcp", "  timeout connect 10s"));
        lines.addAll(List.of("  timeout client 1h", "  timeout server 1h"));
        if (splice) {
            lines.add("  option splice-auto");
        }
        lines.addAll(List.of("listen bench", "  bind " + place.host() + ":" + port, "  server next " + to));
        var file = stage.file(name + ".cfg", lines.toArray(String[]::new));
        Child child = stage.run(place, name, List.of("haproxy", "-db", "-f", file.toString()));
        stage.awaitPort(place, port, child);
        return port;
    }
}
