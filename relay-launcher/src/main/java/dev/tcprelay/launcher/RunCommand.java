package dev.tcprelay.launcher;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code relay run FILE...} */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = {
            "Deploys the verticles of config files, prints a line 'ready', and runs until SIGTERM or SIGINT; then"
                    + " it stops gracefully and exits with 0.",
            "A change of a file takes effect within about a second, without a restart. What is wrong with it, or cannot"
                    + " change while it runs, is logged, and everything goes on as before."
        })
final class RunCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Config files, YAML or JSON.")
    private List<Path> files = List.of();

    RunCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws Exception {
        ConfigFiles config = ConfigFiles.read(files, surroundings);
        if (!config.ok()) {
            config.problems().values().forEach(problems -> problems.forEach(surroundings.err()::println));
            return ExitCode.USAGE.number();
        }
        Running running = Running.create();
        return running.untilStopped(() -> {
            List<DeployedFile> deployed = running.deploy(config.files(), surroundings);
            surroundings.out().println("ready");
            surroundings.out().flush();
            DeployedFile.watch(deployed);
        });
    }
}
