package dev.tcprelay.systemtests;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A program that was started. It is ended by {@link #close}, at the latest when its {@link Stage} ends. */
final class Program implements AutoCloseable {
    /** Stands for an output that the test reads itself. */
    static final Path RAW = Path.of("-");

    private static final long SECONDS_TO_END = 20;

    private final Invocation invocation;
    private final Process process;
    private final Transcript output;
    private final Transcript errors;

    private Program(Invocation invocation, Process process, Transcript output, Transcript errors) {
        this.invocation = invocation;
        this.process = process;
        this.output = output;
        this.errors = errors;
    }

    /** Its output goes to files in this directory, which is also its working directory. */
    static Program start(Invocation invocation, Path directory, int number) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(invocation.command()).directory(directory.toFile());
        builder.environment().putAll(invocation.environment());
        Path file = invocation.output();
        if (file != null && file != RAW) {
            builder.redirectOutput(file.toFile());
        }
        String name = String.format("%02d-%s", number, invocation.name());
        Transcript output = new Transcript(directory.resolve(name + ".out"));
        Transcript errors = new Transcript(directory.resolve(name + ".err"));
        Process process = start(builder);
        if (file != RAW) {
            output.follow(process.getInputStream());
        }
        errors.follow(process.getErrorStream());
        if (invocation.input() != null) {
            Threads.start("input of " + name, () -> feed(process.getOutputStream(), invocation.input()));
        }
        return new Program(invocation, process, output, errors);
    }

    private static Process start(ProcessBuilder builder) throws IOException {
        try {
            return builder.start();
        } catch (IOException e) {
            throw new AssertionError(Packages.advice(builder.command().get(0)), e);
        }
    }

    private static void feed(OutputStream stream, byte[] input) throws IOException {
        try (stream) {
            stream.write(input);
        }
    }

    Process process() {
        return process;
    }

    InputStream out() {
        return process.getInputStream();
    }

    OutputStream in() {
        return process.getOutputStream();
    }

    Transcript output() {
        return output;
    }

    Transcript errors() {
        return errors;
    }

    /** Waits for a line of standard output that matches; fails the test if the output ends or the time is up. */
    Matcher awaitLine(String regex, long seconds) throws InterruptedException {
        return await(output, regex, 0, seconds);
    }

    /** The same for what it logs. */
    Matcher awaitLog(String regex, long seconds) throws InterruptedException {
        return await(errors, regex, 0, seconds);
    }

    /** The same for what it logs after its first {@code from} lines. */
    Matcher awaitLog(String regex, int from, long seconds) throws InterruptedException {
        return await(errors, regex, from, seconds);
    }

    private Matcher await(Transcript transcript, String regex, int from, long seconds) throws InterruptedException {
        Matcher found = transcript.await(Pattern.compile(regex), from, Deadline.inSeconds(seconds));
        if (found == null) {
            throw new AssertionError("no line '" + regex + "' within " + seconds + " s from " + this);
        }
        return found;
    }

    /** What a diagnostic command of the JVM prints about this process, which must be one. */
    String jcmd(String... command) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
        words.add("" + process.pid());
        words.addAll(List.of(command));
        Process jcmd = new ProcessBuilder(words).redirectErrorStream(true).start();
        String text = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (jcmd.waitFor() != 0) {
            throw new AssertionError("jcmd " + String.join(" ", command) + " of " + this + ":\n" + text);
        }
        return text;
    }

    /** Waits for its end and for the rest of its output. */
    Result result(long seconds) throws InterruptedException {
        Deadline deadline = Deadline.inSeconds(seconds);
        if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
            throw new AssertionError("still running after " + seconds + " s: " + this);
        }
        if (invocation.output() == null) {
            output.awaitEnd(deadline);
        }
        errors.awaitEnd(deadline);
        return new Result(process.exitValue(), output.text(), errors.text(), this);
    }

    /** Asks it to end, and returns its exit code; fails the test if it takes longer. */
    int terminate(long seconds) throws InterruptedException {
        process.destroy();
        return result(seconds).code();
    }

    /** Without a chance to say goodbye, as a crash or a power cut. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        if (!process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
            throw new AssertionError("not even SIGKILL ends " + this);
        }
    }

    /** SIGTERM, then SIGKILL to it and to what it has started. */
    @Override
    public void close() throws InterruptedException {
        List<ProcessHandle> family = process.descendants().toList();
        if (process.isAlive()) {
            process.destroy();
            if (!process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
                kill();
            }
        }
        family.forEach(ProcessHandle::destroyForcibly);
    }

    /** For the report of a failed test. */
    String report() {
        String state = process.isAlive() ? "running" : "exit code " + process.exitValue();
        return this + " (" + state + ")\n" + tail("out", output) + tail("err", errors);
    }

    private static String tail(String name, Transcript transcript) {
        List<String> lines = transcript.text().lines().toList();
        StringBuilder text = new StringBuilder();
        lines.subList(Math.max(0, lines.size() - 40), lines.size())
                .forEach(line ->
                        text.append("  ").append(name).append("| ").append(line).append('\n'));
        return text.toString();
    }

    @Override
    public String toString() {
        return invocation.name() + " [" + process.pid() + "] " + String.join(" ", invocation.command());
    }
}
