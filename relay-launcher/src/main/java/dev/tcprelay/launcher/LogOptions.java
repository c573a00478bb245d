package dev.tcprelay.launcher;

import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.TypeConversionException;

/** How a command logs: as its options say, else as the variables say, else as fits the command. */
final class LogOptions {
    /** These run on and log what they do; all others say only what goes wrong. */
    private static final Set<String> SERVERS = Set.of("run", "serve", "expose", "client", "demo");

    @Option(
            names = "--log-format",
            scope = ScopeType.INHERIT,
            paramLabel = "text|json",
            description = "Of the log on standard error; standard: $$RELAY_LOG_FORMAT, or text.")
    private @Nullable LogFormat format;

    @Option(
            names = "--log-level",
            scope = ScopeType.INHERIT,
            paramLabel = "LEVEL",
            description =
                    "error, warn, info, debug or trace; standard: $$RELAY_LOG_LEVEL, or info for servers, else warn.")
    private @Nullable Level level;

    /** Throws {@link ParameterException} if a variable is wrong. */
    LogSettings settings(ParseResult parsed, Map<String, String> environment) {
        boolean server = parsed.hasSubcommand()
                && SERVERS.contains(parsed.subcommand().commandSpec().name());
        Variable variable = new Variable(parsed, environment);
        return new LogSettings(
                format == null ? variable.parse("RELAY_LOG_FORMAT", LogFormat::parse, LogFormat.TEXT) : format,
                level == null
                        ? variable.parse("RELAY_LOG_LEVEL", LogOptions::level, server ? Level.INFO : Level.WARN)
                        : level);
    }

    /** A level by its name, in capital letters or small ones. */
    static Level level(String text) {
        for (Level each : Level.values()) {
            if (each.name().equalsIgnoreCase(text)) {
                return each;
            }
        }
        throw new TypeConversionException("expected error, warn, info, debug or trace");
    }

    /** Reads variables of the environment; an empty one is none. */
    private record Variable(ParseResult parsed, Map<String, String> environment) {
        <T> T parse(String name, Function<String, T> parser, T standard) {
            String text = environment.getOrDefault(name, "");
            try {
                return text.isEmpty() ? standard : parser.apply(text);
            } catch (TypeConversionException e) {
                throw new ParameterException(parsed.commandSpec().commandLine(), "$" + name + ": " + e.getMessage());
            }
        }
    }
}
