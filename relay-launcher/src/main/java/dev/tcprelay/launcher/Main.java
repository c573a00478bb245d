package dev.tcprelay.launcher;

import java.security.Security;
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
        System.exit(commandLine(Surroundings.ofProcess()).execute(args));
    }

    private static void setDefault(String property, String value) {
        System.setProperty(property, System.getProperty(property, value));
    }

    /** The whole command: {@code execute} returns the exit code. */
    static CommandLine commandLine(Surroundings surroundings) {
        Main main = new Main();
        CommandLine line = new CommandLine(main)
                .addSubcommand(new ServeCommand(surroundings))
                .addSubcommand(new LoginCommand(surroundings))
                .addSubcommand(new ExposeCommand(surroundings))
                .addSubcommand(new LsCommand(surroundings))
                .addSubcommand(new ClientCommand(surroundings))
                .addSubcommand(new StdioCommand(surroundings))
                .addSubcommand(new DoctorCommand(surroundings))
                .addSubcommand(new DemoCommand(surroundings))
                .addSubcommand(new RunCommand(surroundings))
                .addSubcommand(new VerifyCommand(surroundings))
                .addSubcommand(new StatusCommand(surroundings))
                .addSubcommand(new DrainCommand(surroundings))
                .addSubcommand(new UserCommand(surroundings))
                .addSubcommand(new KeygenCommand(surroundings))
                .addSubcommand(new PskCommand(surroundings));
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
