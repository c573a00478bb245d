package dev.tcprelay.launcher;

import java.util.List;

/** The commands behind {@code relay}. */
final class Subcommand {
    /** In the order of the help. */
    static final List<String> NAMES = List.of(
            "serve", "login", "expose", "ls", "client", "stdio", "doctor", "demo", "run", "verify", "status", "drain",
            "user", "keygen", "psk");

    private Subcommand() {}

    /** A new one, of one of the names. */
    static Object named(String name, Surroundings surroundings) {
        return switch (name) {
            case "serve" -> new ServeCommand(surroundings);
            case "login" -> new LoginCommand(surroundings);
            case "expose" -> new ExposeCommand(surroundings);
            case "ls" -> new LsCommand(surroundings);
            case "client" -> new ClientCommand(surroundings);
            case "stdio" -> new StdioCommand(surroundings);
            case "doctor" -> new DoctorCommand(surroundings);
            case "demo" -> new DemoCommand(surroundings);
            case "run" -> new RunCommand(surroundings);
            case "verify" -> new VerifyCommand(surroundings);
            case "status" -> new StatusCommand(surroundings);
            case "drain" -> new DrainCommand(surroundings);
            case "user" -> new UserCommand(surroundings);
            case "keygen" -> new KeygenCommand(surroundings);
            case "psk" -> new PskCommand(surroundings);
            default -> throw new IllegalArgumentException("no command: " + name);
        };
    }
}
