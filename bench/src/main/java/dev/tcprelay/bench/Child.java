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

/** A process that was started here and ends here, its output kept in a file. */
final class Child implements AutoCloseable {
    private static final Duration READY = Duration.ofMinutes(2);
    private static final Duration END = Duration.ofSeconds(5);
    /** Linux counts CPU time in these steps a second. */
    private static final double TICKS = 100;

    private final String name;
    private final Process process;
    private final Path log;
    private boolean counts = true;

    private Child(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    static Child start(String name, Path directory, Map<String, String> environment, List<String> command)
            throws IOException {
        Path log = directory.resolve(name + ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        return new Child(name, builder.start(), log);
    }

    /** Waits until a line of the output begins so; gives that line. */
    String awaitLine(String beginning) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + READY.toNanos();
        while (true) {
            for (String line : output().lines().toList()) {
                if (line.startsWith(beginning)) {
                    return line;
                }
            }
            requireAlive();
            if (System.nanoTime() > deadline) {
                throw new IOException(name + " did not say '" + beginning + "':\n" + output());
            }
            process.waitFor(20, TimeUnit.MILLISECONDS);
        }
    }

    void awaitSuccess() throws IOException, InterruptedException {
        if (!process.waitFor(READY.toSeconds(), TimeUnit.SECONDS)) {
            close();
        }
        if (process.exitValue() != 0) {
            throw new IOException(name + " failed:\n" + output());
        }
    }

    void requireAlive() throws IOException {
        if (!process.isAlive()) {
            throw new IOException(name + " has ended:\n" + output());
        }
    }

    /** Its cost does not count: it belongs to an end. */
    void exempt() {
        counts = false;
    }

    boolean counts() {
        return counts;
    }

    String name() {
        return name;
    }

    long pid() {
        return process.pid();
    }

    String output() throws IOException {
        return Files.readString(log, StandardCharsets.ISO_8859_1);
    }

    /** CPU seconds, user and system, that the process and those that it started have used. */
    double cpuSeconds() throws IOException {
        double sum = cpuSeconds(pid());
        for (ProcessHandle descendant : process.descendants().toList()) {
            sum += lastCpuSeconds(descendant.pid());
        }
        return sum;
    }

    /** Nothing when it has just ended: its parent has its time then. */
    private static double lastCpuSeconds(long pid) {
        try {
            return cpuSeconds(pid);
        } catch (IOException e) {
            return 0;
        }
    }

    /** With that of children that have ended. */
    static double cpuSeconds(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        long ticks = 0;
        for (int i = 11; i <= 14; i++) {
            ticks += Long.parseLong(fields[i]);
        }
        return ticks / TICKS;
    }

    /** The bytes that the process and those that it started take, in the system's eyes. */
    long resident() throws IOException {
        long sum = Memory.resident(pid());
        for (ProcessHandle descendant : process.descendants().toList()) {
            sum += Memory.resident(descendant.pid());
        }
        return sum;
    }

    /** What a diagnostic command of the JVM prints about this process. */
    String jcmd(String... command) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
        words.add("" + pid());
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
        List<ProcessHandle> all = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(END.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        all.forEach(ProcessHandle::destroy);
    }
}
