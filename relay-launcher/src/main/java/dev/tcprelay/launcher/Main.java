package dev.tcprelay.launcher;

import java.security.Security;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.Spec;

/** The {@code relay} command. */
@Command(
        name = "relay",
        mixinStandardHelpOptions = true,
        description = "Reach servers behind NAT by name, through a relay that cannot read what passes.",
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        footer = {"", "State lives in $RELAY_HOME (default ~/.config/relay)."})
public final class Main implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--verbose",
            scope = CommandLine.ScopeType.INHERIT,
            description = "Show where an error comes from (stack traces).")
    private boolean verbose;

    @Mixin
    private LogOptions log = new LogOptions();

    Main() {}

    public static void main(String[] args) {
        // Before Vert.x and the log are loaded, which read these once.
        setDefault("vertx.disableDnsResolver", "true");
        // A relay that has moved is to be found at the next attempt; the JDK would keep its old address for 30 s.
        Security.setProperty("networkaddress.cache.ttl", "2");
        Security.setProperty("networkaddress.cache.negative.ttl", "1");
        // Netty's events for JDK Flight Recorder: with them every process loads the recorder, whether it is used or
        // not.
        setDefault("io.netty.jfr.enabled", "false");
        System.exit(execute(Surroundings.ofProcess(), args));
    }

    /** Runs what the arguments say, and returns the exit code. Commands that they do not name are not even loaded. */
    static int execute(Surroundings surroundings, String... args) {
        boolean named = args.length > 0 && Subcommand.NAMES.contains(args[0]);
        return commandLine(surroundings, named ? List.of(args[0]) : Subcommand.NAMES)
                .execute(args);
    }

    private static void setDefault(String property, String value) {
        System.setProperty(property, System.getProperty(property, value));
    }

    /** The whole command: {@code execute} returns the exit code. */
    static CommandLine commandLine(Surroundings surroundings) {
        return commandLine(surroundings, Subcommand.NAMES);
    }

    private static CommandLine commandLine(Surroundings surroundings, List<String> subcommands) {
        Main main = new Main();
        CommandLine line = new CommandLine(main);
        subcommands.forEach(name -> line.addSubcommand(name, Subcommand.named(name, surroundings)));
        Arguments.registerTypes(line);
        line.getCommandSpec().usageMessage().exitCodeList(ExitCode.list());
        Failures failures = new Failures(surroundings.err(), () -> main.verbose);
        return line.setOut(Arguments.writer(surroundings.out()))
                .setErr(Arguments.writer(surroundings.err()))
                .setExecutionStrategy(parsed -> {
                    surroundings.log().accept(main.log.settings(parsed, surroundings.environment()));
                    return new RunLast().execute(parsed);
                })
                .setParameterExceptionHandler(failures)
                .setExecutionExceptionHandler(failures);
    }

    @Override
    public void run() {
        CommandLine line = Objects.requireNonNull(spec).commandLine();
        throw new ParameterException(line, "a command is missing");
    }

    /** The version that the jar's manifest names. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"relay " + Objects.requireNonNullElse(version, "(not packaged)")};
        }
    }
}
