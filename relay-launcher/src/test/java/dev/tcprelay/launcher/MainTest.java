package dev.tcprelay.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

class MainTest extends CommandTest {
    @Test
    void documentsTheExitCodes() {
        assertEquals(0, relay("--help"));
        for (ExitCode code : ExitCode.values()) {
            Pattern line = Pattern.compile("(?m)^  " + code.number() + " +\\S");
            assertTrue(line.matcher(out()).find(), () -> "no exit code " + code + " in\n" + out());
        }
        assertEquals("", err());
    }

    @Test
    void everyCommandHasHelpAndADescription() {
        for (List<String> path : commands(Main.commandLine(Surroundings.ofProcess()), List.of())) {
            List<String> args = new ArrayList<>(path);
            args.add("--help");
            assertEquals(0, relay(args.toArray(String[]::new)), path::toString);
            assertTrue(out().startsWith("Usage: relay"), path::toString);
            assertTrue(out().lines().count() > 4, () -> path + "\n" + out());
        }
    }

    private static List<List<String>> commands(CommandLine line, List<String> path) {
        List<List<String>> paths = new ArrayList<>(List.of(path));
        line.getSubcommands().forEach((name, command) -> {
            List<String> longer = new ArrayList<>(path);
            longer.add(name);
            paths.addAll(commands(command, longer));
        });
        return paths;
    }

    @Test
    void everyCommandIsFoundByTheNameThatItHas() {
        for (String name : Subcommand.NAMES) {
            Object command = Subcommand.named(name, Surroundings.ofProcess());
            assertEquals(name, new CommandLine(command).getCommandName());
            assertEquals(0, relay(name, "--help"), this::err);
            assertTrue(out().startsWith("Usage: relay " + name + " "), this::out);
        }
    }

    @Test
    void printsAVersion() {
        assertEquals(0, relay("--version"));
        assertTrue(out().startsWith("relay "));
    }

    @Test
    void answersMistakesWithOneLineThatSaysWhatToDo() {
        assertEquals(2, relay());
        assertEquals("relay: a command is missing. See: relay --help\n", err());
        assertEquals(2, relay("verfy"));
        assertEquals("relay: Unmatched argument at index 0: 'verfy'. Did you mean verify? See: relay --help\n", err());
        assertEquals(2, relay("user", "add", "alice"));
        assertEquals("relay: Missing required option: '--users=FILE'. See: relay user add --help\n", err());
        assertEquals(2, relay("psk", "new", "Bad\nName"));
        assertTrue(err().startsWith("relay: Invalid value for positional parameter"), this::err);
        assertEquals(1, err().lines().count());
    }

    @Test
    void showsStackTracesOnlyWhenAsked() {
        assertEquals(1, relay("psk", "show", "web"));
        assertFalse(err().contains("\tat "));
        assertEquals(1, relay("psk", "show", "web", "--verbose"));
        assertTrue(err().contains("\tat "));
        assertEquals(1, relay("--verbose", "psk", "show", "web"));
        assertTrue(err().contains("\tat "));
    }

    /** A password or psk on argv: the option does not exist. */
    @Test
    void noOptionAndNoParameterTakesASecret() {
        Set<String> suspects = new TreeSet<>();
        collect(Main.commandLine(Surroundings.ofProcess()), suspects);
        Set<String> placesAndPublicKeys =
                Set.of("--key URL|FILE", "--key-file FILE", "--password-file FILE", "--public-key KEYLINE");
        assertEquals(placesAndPublicKeys, suspects);
    }

    /** What log options say counts only if the log is loaded after they have been read: a logger would load it. */
    @Test
    void noCommandHasALogger() {
        CommandLine line = Main.commandLine(Surroundings.ofProcess());
        assertEquals(List.of(), loggers(line.getCommandSpec()));
    }

    private static List<Field> loggers(CommandSpec command) {
        List<Field> found = new ArrayList<>();
        List<CommandSpec> parts = new ArrayList<>(command.mixins().values());
        command.subcommands().values().forEach(each -> parts.add(each.getCommandSpec()));
        for (Field field : command.userObject().getClass().getDeclaredFields()) {
            if (field.getType() == Logger.class) {
                found.add(field);
            }
        }
        parts.forEach(part -> found.addAll(loggers(part)));
        return found;
    }

    private static void collect(CommandLine line, Set<String> suspects) {
        Pattern secret = Pattern.compile("(?i)pass|psk|secret|key|token|credential");
        for (ArgSpec arg : line.getCommandSpec().args()) {
            String name = arg instanceof OptionSpec option ? option.longestName() : arg.paramLabel();
            if (arg.arity().max() > 0 && secret.matcher(name + arg.paramLabel()).find()) {
                suspects.add(name + " " + arg.paramLabel());
            }
        }
        line.getSubcommands().values().forEach(command -> collect(command, suspects));
    }
}
