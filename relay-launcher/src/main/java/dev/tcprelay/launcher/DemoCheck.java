package dev.tcprelay.launcher;

import dev.tcprelay.protocol.files.ServerId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Asks the demo's relay by the commands that answer at once. What these load is what the {@code relay} script keeps, so
 * that they load it sooner.
 *
 * @param surroundings with the demo's home
 * @param page what the web server has
 */
record DemoCheck(Surroundings surroundings, ServerId web, String page) {
    private static final String REQUEST = "GET / HTTP/1.0\r\n\r\n";

    /** Fails with the first answer that is not as it should be. */
    void run() throws CommandException {
        expect(web + "\n", "", "ls");
        expect(page, REQUEST, "stdio", web.value());
    }

    private void expect(String end, String input, String... command) throws CommandException {
        var out = new ByteArrayOutputStream();
        int code = Main.execute(surroundings.with(stream(input), new PrintStream(out, true)), command);
        String said = out.toString(StandardCharsets.UTF_8);
        if (code != ExitCode.DONE.number() || !said.endsWith(end)) {
            throw new CommandException(
                    ExitCode.FAILED, "relay " + String.join(" ", command) + ": exit code " + code + ", " + said);
        }
    }

    private static ByteArrayInputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
    }
}
