package dev.tcprelay.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A process that is measured: started here, ended here, its output kept in a file. */
final class Child implements AutoCloseable {
    private static final Duration READY = Duration.ofMinutes(2);
    /** Linux counts CPU time in these steps a second. */
    private static final double TICKS = 100;

    private final String name;
    private final Process process;
    private final Path log;

    private Child(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /** Starts a program and waits until a line of its output begins with {@code ready}. */
    static Child start(String name, Path directory, Map<String, String> environment, List<String> command, String ready)
            throws IOException, InterruptedException {
        Path log = directory.resolve(name + ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        Child child = new Child(name, builder.start(), log);
        long deadline = System.nanoTime() + READY.toNanos();
        while (child.output().lines().noneMatch(line -> line.startsWith(ready))) {
            if (!child.process.isAlive() || System.nanoTime() > deadline) {
                child.close();
                throw new IOException(name + " did not get ready:\n" + child.output());
            }
            child.process.waitFor(50, TimeUnit.MILLISECONDS);
        }
        return child;
    }

    String name() {
        return name;
    }

    String output() throws IOException {
        return Files.readString(log, StandardCharsets.UTF_8);
    }

    /** CPU seconds, user and system, that the process has used. */
    double cpuSeconds() throws IOException {
        return cpuSeconds(process.pid());
    }

    static double cpuSeconds(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS;
    }

    /** What the system tells in /proc/PID/status. */
    String status() throws IOException {
        return Files.readString(Path.of("/proc/" + process.pid() + "/status"));
    }

    /** What a diagnostic command of the JVM prints about this process. */
    String jcmd(String... command) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
        words.add("" + process.pid());
        words.addAll(List.of(command));
        Process jcmd = new ProcessBuilder(words).redirectErrorStream(true).start();
        String text = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (jcmd.waitFor() != 0) {
            throw new IOException("jcmd " + String.join(" ", command) + " of " + name + ":\n" + text);
        }
        return text;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
