package dev.tcprelay.launcher;

import dev.tcprelay.channel.Settings;
import dev.tcprelay.protocol.files.Fingerprint;
import dev.tcprelay.protocol.files.FormatException;
import dev.tcprelay.protocol.files.Glob;
import dev.tcprelay.protocol.files.HostPort;
import dev.tcprelay.protocol.files.Realm;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.files.UserKey;
import dev.tcprelay.protocol.files.UserName;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.slf4j.event.Level;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/** How the project's types are written on the command line: as everywhere else. */
final class Arguments {
    private Arguments() {}

    /** For a command that has all its subcommands. */
    static void registerTypes(CommandLine line) {
        register(line, UserName.class, UserName::of);
        register(line, ServerId.class, ServerId::of);
        register(line, Glob.class, Glob::of);
        register(line, Realm.class, Realm::of);
        register(line, UserKey.class, UserKey::parse);
        register(line, HostPort.class, HostPort::parse);
        register(line, Fingerprint.class, Fingerprint::parse);
        line.registerConverter(LogFormat.class, LogFormat::parse);
        line.registerConverter(Level.class, LogOptions::level);
    }

    private static <T> void register(CommandLine line, Class<T> type, Settings.Parser<T> parser) {
        line.registerConverter(type, text -> {
            try {
                return parser.parse(text);
            } catch (FormatException e) {
                throw new TypeConversionException(Objects.requireNonNullElse(e.getMessage(), "malformed"));
            }
        });
    }

    static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }
}
