package dev.tcprelay.launcher;

import dev.tcprelay.channel.RelayLogins.Login;
import dev.tcprelay.client.PskFiles;
import dev.tcprelay.client.RelayClient;
import dev.tcprelay.client.ServerInfo;
import dev.tcprelay.launcher.Examination.Found;
import dev.tcprelay.launcher.Examination.Stand;
import dev.tcprelay.launcher.ServerCheck.Available;
import dev.tcprelay.protocol.files.ServerId;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.stream.Collectors;

/** Steps of {@code relay doctor}: a client's session, and what it reaches. */
record ClientCheck(Vertx vertx, Surroundings surroundings) {
    /** Names in one line. */
    private static final int SHOWN = 20;

    void steps(Examination examination, Stand<Login> relay, List<ServerId> ids) throws Exception {
        Stand<RelayClient> session = examination.step("session", relay, this::session);
        Stand<Available> available = examination.step("servers", session, ClientCheck::servers);
        var psks = new PskFiles(surroundings.home());
        for (ServerId id : ids) {
            new ServerCheck(id, psks).steps(examination, available);
        }
        if (session.value() != null) {
            Waiting.until(session.value().stop());
        }
    }

    private Found<RelayClient> session(Login login) throws Exception {
        RelayClient client = ClientAccess.client(vertx, login, surroundings, new RelayClient.Observer() {});
        Waiting.until(client.startOnce());
        return Found.ok("logged in as " + login.credentials().user() + "; the relay has proven its key", client);
    }

    private static Found<Available> servers(RelayClient client) throws Exception {
        List<ServerInfo> servers = Waiting.until(client.list());
        var available = new Available(client, servers);
        if (servers.isEmpty()) {
            return Found.warn(
                    "none is available to you: either no skeleton serves one now, or none matches your connect grants."
                            + " Those are on your line of the relay's users file; ask its operator.",
                    available);
        }
        String names =
                servers.stream().limit(SHOWN).map(server -> server.id().value()).collect(Collectors.joining(", "));
        String more = servers.size() > SHOWN ? " and more; see: relay ls" : "";
        return Found.ok(servers.size() + " available to you: " + names + more, available);
    }
}
