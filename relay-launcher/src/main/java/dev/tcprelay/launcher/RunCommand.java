package dev.tcprelay.launcher;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code relay run FILE...} */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description =
                "Deploys the verticles of config files, prints a line 'ready', and runs until SIGTERM or SIGINT; then"
                        + " it stops gracefully and exits with 0.")
final class RunCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);

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
        Thread hook = new Thread(() -> stopAndHalt(running), "stop");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            running.deploy(config.files());
        } catch (DeploymentException e) {
            Runtime.getRuntime().removeShutdownHook(hook);
            running.stop();
            throw e;
        }
        surroundings.out().println("ready");
        surroundings.out().flush();
        // Ends with the process: the hook halts it.
        new CountDownLatch(1).await();
        return ExitCode.DONE.number();
    }

    /** Runs in the shutdown that a signal has begun, whose own exit code would be the signal's. */
    private static void stopAndHalt(Running running) {
        LOG.info("stopping");
        boolean clean = running.stop();
        LOG.info("stopped");
        Runtime.getRuntime().halt((clean ? ExitCode.DONE : ExitCode.FAILED).number());
    }
}
