package dev.tcprelay.launcher;

import dev.tcprelay.channel.RelayHome;
import java.io.InputStream;
import java.io.PrintStream;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a command has around it.
 *
 * @param environment the variables
 * @param terminal null without one
 * @param kinds the verticles that have a short name
 * @param log takes how this process is to log, before anything is logged
 */
record Surroundings(
        Map<String, String> environment,
        InputStream in,
        PrintStream out,
        PrintStream err,
        @Nullable Terminal terminal,
        List<VerticleKind> kinds,
        Consumer<LogSettings> log,
        SecureRandom random) {

    static Surroundings ofProcess() {
        return new Surroundings(
                System.getenv(),
                System.in,
                System.out,
                System.err,
                Terminal.ofProcess(),
                VerticleKind.all(),
                LogSettings::apply,
                new SecureRandom());
    }

    RelayHome home() {
        return RelayHome.of(environment);
    }

    /** The same with another state directory. */
    Surroundings at(RelayHome home) {
        Map<String, String> changed = new HashMap<>(environment);
        changed.put("RELAY_HOME", home.directory().toString());
        return new Surroundings(changed, in, out, err, terminal, kinds, log, random);
    }

    /** The same with other standard input and output. */
    Surroundings with(InputStream otherIn, PrintStream otherOut) {
        return new Surroundings(environment, otherIn, otherOut, err, terminal, kinds, log, random);
    }
}
