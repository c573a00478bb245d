package dev.tcprelay.systemtests;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The lines that a program writes to one of its outputs: kept in a file, and waited for. Thread-safe. */
final class Transcript {
    private final Path file;
    private final List<String> lines = new ArrayList<>();
    private boolean ended;

    Transcript(Path file) {
        this.file = file;
    }

    /** Reads to the end on a thread of its own. */
    void follow(InputStream output) {
        Threads.start("output of " + file.getFileName(), () -> copy(output));
    }

    private void copy(InputStream output) throws IOException {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(output, StandardCharsets.UTF_8));
                PrintWriter writer = new PrintWriter(Files.newBufferedWriter(file), true)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                writer.println(line);
                add(line);
            }
        } finally {
            end();
        }
    }

    private synchronized void add(String line) {
        lines.add(line);
        notifyAll();
    }

    private synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** The number of lines so far: where a later wait may begin. */
    synchronized int size() {
        return lines.size();
    }

    synchronized String text() {
        return String.join("\n", lines);
    }

    /** The first match in a line from number {@code from} on, or null when the output ends or the time is up. */
    synchronized Matcher await(Pattern wanted, int from, Deadline deadline) throws InterruptedException {
        int next = from;
        while (true) {
            for (; next < lines.size(); next++) {
                Matcher matcher = wanted.matcher(lines.get(next));
                if (matcher.find()) {
                    return matcher;
                }
            }
            if (ended || deadline.passed()) {
                return null;
            }
            wait(deadline.millis());
        }
    }

    synchronized void awaitEnd(Deadline deadline) throws InterruptedException {
        while (!ended && !deadline.passed()) {
            wait(deadline.millis());
        }
    }
}
