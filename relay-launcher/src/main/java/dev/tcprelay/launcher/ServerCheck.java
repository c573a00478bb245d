package dev.tcprelay.launcher;

import dev.tcprelay.client.PskSource;
import dev.tcprelay.client.RelayClient;
import dev.tcprelay.client.ServerInfo;
import dev.tcprelay.client.Tunnel;
import dev.tcprelay.client.TunnelException;
import dev.tcprelay.launcher.Examination.Found;
import dev.tcprelay.launcher.Examination.Stand;
import dev.tcprelay.protocol.files.FormatException;
import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.protocol.files.ServerId;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;

/** Steps of {@code relay doctor}: one server, as a client reaches it. */
record ServerCheck(ServerId id, PskSource psks) {

    /** A client that is logged in, and what is available to it. */
    record Available(RelayClient client, List<ServerInfo> servers) {}

    /** Whether the server behind the skeleton has answered. */
    record Answer(Optional<CommandException> failure) {}

    void steps(Examination examination, Stand<Available> available) throws InterruptedException {
        Stand<List<Psk>> psk = examination.step(id + " psk", Examination.given(psks), this::psk);
        Stand<RelayClient> listed = examination.step(id + " listed", available, this::listed);
        Stand<Answer> tunnel = examination.step(id + " tunnel", psk.and(listed), this::tunnel);
        examination.aside(id + " server", tunnel, this::server);
    }

    private Found<List<Psk>> psk(PskSource source) throws IOException, CommandException {
        try {
            List<Psk> all = source.psks(id);
            return Found.ok(all.size() == 1 ? "there is one" : "there are two, of which either may fit", all);
        } catch (NoSuchFileException e) {
            throw new CommandException(
                    ExitCode.REFUSED,
                    "there is no " + e.getFile() + ". Get the psk from whoever runs " + id
                            + " and run `relay psk import " + id + "`.",
                    e);
        } catch (FormatException e) {
            throw new CommandException(
                    ExitCode.REFUSED,
                    "the file is no psk: " + e.getMessage() + ". Run `relay psk import --replace " + id
                            + "` with the one of whoever runs " + id + ".",
                    e);
        }
    }

    private Found<RelayClient> listed(Available available) throws CommandException {
        Optional<ServerInfo> found = available.servers().stream()
                .filter(server -> server.id().equals(id))
                .findAny();
        if (found.isEmpty()) {
            throw new CommandException(
                    ExitCode.UNAVAILABLE,
                    "the relay does not list it for you, and does not tell why: it is unknown, no skeleton serves it"
                            + " now, or you have no grant to connect to it. Ask whoever runs it, then the relay's"
                            + " operator.");
        }
        int skeletons = found.get().skeletons();
        return Found.ok("served by " + skeletons + (skeletons == 1 ? " skeleton" : " skeletons"), available.client());
    }

    private Found<Answer> tunnel(RelayClient client) throws Exception {
        try {
            Tunnel tunnel = Waiting.until(client.open(id));
            var stream = tunnel.duplex();
            stream.loop().execute(stream::closeGently);
            return agreed(Optional.empty());
        } catch (CommandException e) {
            if (e.getCause() instanceof TunnelException failure && failure.reachedSkeleton()) {
                return agreed(Optional.of(e));
            }
            throw e;
        }
    }

    private static Found<Answer> agreed(Optional<CommandException> failure) {
        return Found.ok("its skeleton has the same psk", new Answer(failure));
    }

    private Found<Answer> server(Answer answer) throws CommandException {
        if (answer.failure().isPresent()) {
            throw answer.failure().get();
        }
        return Found.ok("answers", answer);
    }
}
