package dev.tcprelay.bench;

import java.io.IOException;
import java.util.List;

/** chisel: a reverse port beside the target, and a client that forwards to it; SSH over WebSocket in both legs. */
final class Chisel implements Contender {
    @Override
    public String name() {
        return "chisel";
    }

    @Override
    public List<String> programs() {
        return List.of("chisel");
    }

    @Override
    public Entry start(Stage stage) throws IOException, InterruptedException {
        int control = Stage.port();
        int published = Stage.port();
        int entry = Stage.port();
        String host = stage.relay().host();
        Child relay = stage.run(
                stage.relay(),
                "relay",
                List.of("chisel", "server", "--host", host, "--port", "" + control, "--reverse"));
        stage.awaitPort(stage.relay(), control, relay);
        String server = "http://" + host + ":" + control;
        String back = "127.0.0.1:" + published;
        stage.run(
                stage.skeleton(),
                "skeleton",
                List.of("chisel", "client", server, "R:" + back + ":" + stage.besideTarget()));
        stage.run(
                stage.client(),
                "client",
                List.of("chisel", "client", server, stage.client().host() + ":" + entry + ":" + back));
        return stage.entry(stage.client(), entry);
    }
}
