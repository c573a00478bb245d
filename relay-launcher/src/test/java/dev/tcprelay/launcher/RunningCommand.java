package dev.tcprelay.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;

/** A command on a thread of its own. Interrupting that is what a signal is to a process. */
final class RunningCommand {
    private static final int PATIENCE_SECONDS = 60;

    private final Lines out = new Lines();
    private final Lines err = new Lines();
    private final PipedOutputStream input = new PipedOutputStream();
    private final CompletableFuture<Integer> exit = new CompletableFuture<>();
    private final Thread thread;

    /** Makes the command around its streams. */
    interface Making {
        CommandLine with(InputStream in, OutputStream out, OutputStream err);
    }

    RunningCommand(Making making, String... args) {
        CommandLine line = making.with(connected(input), out, err);
        thread = new Thread(() -> exit.complete(line.execute(args)), String.join(" ", args));
        thread.start();
    }

    private static InputStream connected(PipedOutputStream input) {
        try {
            return new PipedInputStream(input);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where its standard input comes from. */
    OutputStream input() {
        return input;
    }

    /** All lines of standard output up to the one that begins so, that included. */
    List<String> readUntil(String start) throws InterruptedException {
        List<String> lines = new ArrayList<>();
        do {
            String line = out.lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertNotNull(line, () -> "no line " + start + " among " + lines + "; errors: " + err.lines);
            lines.add(line);
        } while (!lines.get(lines.size() - 1).startsWith(start));
        return lines;
    }

    /** The next line of standard error. */
    String error() throws InterruptedException {
        String line = err.lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertNotNull(line);
        return line;
    }

    int exit() throws Exception {
        return exit.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    boolean ended() {
        return exit.isDone();
    }

    /** Ends it if it still runs, and waits until everything in it has stopped. */
    void stop() throws Exception {
        boolean runs = !exit.isDone();
        thread.interrupt();
        int code = exit();
        thread.join();
        assertTrue(!runs || code == ExitCode.INTERRUPTED.number() || code == 0, () -> "exit " + code + " " + err.lines);
        assertEquals(false, thread.isAlive());
    }

    /** Cuts what is written into lines. */
    private static final class Lines extends OutputStream {
        final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();

        @Override
        public synchronized void write(int b) {
            if (b == '\n') {
                lines.add(line.toString(StandardCharsets.UTF_8));
                line.reset();
            } else {
                line.write(b);
            }
        }
    }
}
