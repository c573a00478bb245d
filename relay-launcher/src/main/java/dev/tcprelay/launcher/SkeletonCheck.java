package dev.tcprelay.launcher;

import dev.tcprelay.channel.RelayLogins.Login;
import dev.tcprelay.channel.SecretFiles;
import dev.tcprelay.channel.Settings;
import dev.tcprelay.channel.TargetDialler;
import dev.tcprelay.launcher.Examination.Found;
import dev.tcprelay.launcher.Examination.Stand;
import dev.tcprelay.protocol.files.FormatException;
import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.skeleton.SkeletonOptions;
import dev.tcprelay.skeleton.SkeletonOptions.Server;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Steps of {@code relay doctor --skeleton}: a skeleton's session, and the servers that it is to serve. */
record SkeletonCheck(Vertx vertx) {

    /** The skeletons of a config file, at least one. */
    static List<SkeletonOptions> options(Path file, Surroundings surroundings) throws IOException, CommandException {
        DeploymentFile deployment = DeploymentFile.read(file, surroundings);
        if (!deployment.problems().isEmpty()) {
            throw new CommandException(
                    ExitCode.USAGE, deployment.problems().get(0) + ". To see all problems: relay verify " + file);
        }
        List<SkeletonOptions> skeletons = new ArrayList<>();
        for (DeploymentFile.Entry entry : deployment.entries()) {
            if (entry.kind() != null
                    && entry.kind().options().apply(Settings.of(entry.config())) instanceof SkeletonOptions options) {
                skeletons.add(options);
            }
        }
        if (skeletons.isEmpty()) {
            throw new CommandException(ExitCode.USAGE, file + " has no verticle: skeleton.");
        }
        return skeletons;
    }

    void steps(Examination examination, Stand<Login> relay, List<Server> servers) throws InterruptedException {
        examination.aside("session", relay, this::session);
        for (Server server : servers) {
            examination.aside(server.id() + " psk", Examination.given(server), SkeletonCheck::psk);
            examination.aside(server.id() + " server", Examination.given(server), this::target);
        }
    }

    private Found<Login> session(Login login) throws Exception {
        var unused = OneLogin.run(vertx, login.address(), login.credentials());
        return Found.ok("logged in as " + login.credentials().user() + "; the relay has proven its key", login);
    }

    private static Found<Server> psk(Server server) throws IOException, CommandException {
        try {
            Psk.parseFile(SecretFiles.read(server.psk()));
            return Found.ok("it is in " + server.psk(), server);
        } catch (NoSuchFileException e) {
            throw new CommandException(
                    ExitCode.FAILED,
                    "there is no " + server.psk() + ". Make it by `relay psk new " + server.id()
                            + "` and give it to the clients of " + server.id() + " too.",
                    e);
        } catch (FormatException e) {
            throw new CommandException(ExitCode.FAILED, server.psk() + " is no psk: " + e.getMessage() + ".", e);
        }
    }

    private Found<Server> target(Server server) throws Exception {
        String target = server.target().toString();
        return Waiting.until(new TargetDialler(vertx)
                .connect(server.target(), server.connectTimeout())
                .transform(connected -> {
                    if (connected.failed()) {
                        return Future.failedFuture(unreachable(target, connected.cause()));
                    }
                    connected.result().run(connected.result()::closeGently);
                    return Future.succeededFuture(Found.ok("something listens at " + target, server));
                }));
    }

    private static CommandException unreachable(String target, Throwable cause) {
        return new CommandException(
                ExitCode.FAILED,
                "no connection to " + target + ": " + cause.getMessage()
                        + ". Check that the service runs and listens there.",
                cause);
    }
}
