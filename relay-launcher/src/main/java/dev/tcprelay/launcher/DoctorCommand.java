package dev.tcprelay.launcher;

import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.Role;
import dev.tcprelay.skeleton.SkeletonOptions;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code relay doctor}: finds out, step by step, why something cannot be reached. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = {
            "Checks step by step what stands between you and your servers, and says what to do about what is wrong.",
            "Changes nothing. A step is ok, warn, FAIL, or skip when one that it needs has failed.",
            "The exit code is 0 without a FAIL, else that of the first one; see: relay --help"
        })
final class DoctorCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin
    private ClientAccess access = new ClientAccess();

    @Option(
            names = "--clock",
            paramLabel = "URL",
            description = "Whose time this clock is compared with; standard: http://HOST:7080/relay.pem.")
    private @Nullable URI clock;

    @Option(
            names = "--skeleton",
            paramLabel = "FILE",
            description = {
                "Examine the skeletons of a config file instead: their login, psks and servers.",
                "Whether the relay lets them serve these ids is in their log: nothing is registered here."
            })
    private @Nullable Path skeletons;

    @Option(names = "--json", description = "As a JSON array of {\"step\": ..., \"verdict\": ..., \"text\": ...}.")
    private boolean json;

    @Parameters(paramLabel = "ID", description = "Servers to reach.")
    private List<ServerId> ids = List.of();

    DoctorCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws Exception {
        if (skeletons != null && (!ids.isEmpty() || access.relay != null || access.user != null)) {
            throw new CommandException(
                    ExitCode.USAGE, "with --skeleton the file names the relay, the user and the servers.");
        }
        var examination = new Examination(finding -> {
            if (!json) {
                surroundings.out().println(finding.line());
            }
        });
        Vertx vertx = Running.briefly();
        try {
            examine(examination, vertx);
        } finally {
            Waiting.until(vertx.close());
        }
        if (json) {
            var all = new JsonArray();
            examination.findings().forEach(finding -> all.add(finding.json()));
            surroundings.out().println(all.encodePrettily());
        }
        return examination.code().number();
    }

    private void examine(Examination examination, Vertx vertx) throws Exception {
        var relay = new RelayCheck(vertx, new ClockCheck(clock, InstantSource.system()));
        if (skeletons == null) {
            var account = new RelayCheck.Account(surroundings.home(), access.relay, access.user, null, Role.CLIENT);
            var client = new ClientCheck(vertx, surroundings);
            client.steps(examination, relay.steps(examination, account), ids);
            return;
        }
        for (SkeletonOptions options : SkeletonCheck.options(skeletons, surroundings)) {
            var account = new RelayCheck.Account(
                    options.home(), options.relay(), options.user(), options.keyFile(), Role.SKELETON);
            new SkeletonCheck(vertx).steps(examination, relay.steps(examination, account), options.servers());
        }
    }
}
