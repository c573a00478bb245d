package dev.tcprelay.launcher;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code relay verify FILE...} */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = "Checks config files: prints FILE:LINE:COLUMN: what is wrong, or FILE: ok. Deploys nothing.")
final class VerifyCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Config files, YAML or JSON.")
    private List<Path> files = List.of();

    VerifyCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        ConfigFiles config = ConfigFiles.read(files, surroundings);
        config.problems().forEach((file, problems) -> {
            problems.forEach(surroundings.out()::println);
            if (problems.isEmpty()) {
                surroundings.out().println(file + ": ok");
            }
        });
        return (config.ok() ? ExitCode.DONE : ExitCode.USAGE).number();
    }
}
