package dev.tcprelay.systemtests;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Byte strings with names, and where they are looked for: in a stream, or in the whole memory of a process. */
final class Needles {
    private static final int CHUNK = 1 << 20;

    private final Map<byte[], String> names = new LinkedHashMap<>();
    /** By their first two bytes. */
    private final List<List<byte[]>> table = new ArrayList<>();

    private int longest = 1;

    Needles() {
        for (int i = 0; i < 1 << 16; i++) {
            table.add(List.of());
        }
    }

    Needles bytes(String name, byte[] bytes) {
        names.put(bytes, name);
        longest = Math.max(longest, bytes.length);
        int index = index(bytes, 0);
        List<byte[]> same = new ArrayList<>(table.get(index));
        same.add(bytes);
        table.set(index, same);
        return this;
    }

    /** As bytes, and as Java keeps the characters of a password. */
    Needles text(String name, String text) {
        return bytes(name, text.getBytes(StandardCharsets.UTF_8)).bytes(name, text.getBytes(StandardCharsets.UTF_16LE));
    }

    private static int index(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
    }

    /** The names of those that are in a stream. */
    Set<String> in(InputStream stream) throws IOException {
        Set<String> found = new TreeSet<>();
        byte[] chunk = new byte[CHUNK + longest];
        int kept = 0;
        for (int n = stream.readNBytes(chunk, 0, CHUNK); n > 0; n = stream.readNBytes(chunk, kept, CHUNK)) {
            int end = kept + n;
            search(chunk, end, found);
            kept = Math.min(longest - 1, end);
            System.arraycopy(chunk, end - kept, chunk, 0, kept);
        }
        return found;
    }

    /** The names of those that are in the memory of a process, which is stopped for that moment. Linux only. */
    Set<String> in(Process process) throws IOException, InterruptedException {
        stop(process);
        try (RandomAccessFile memory = new RandomAccessFile("/proc/" + process.pid() + "/mem", "r")) {
            Set<String> found = new TreeSet<>();
            for (String map : Files.readAllLines(Path.of("/proc/" + process.pid() + "/maps"))) {
                String[] fields = map.split("[ -]", 4);
                if (fields[2].startsWith("rw")) {
                    search(memory, Long.parseLong(fields[0], 16), Long.parseLong(fields[1], 16), found);
                }
            }
            return found;
        } finally {
            signal(process, "-CONT");
        }
    }

    /** Until the next search in it. */
    static void stop(Process process) throws IOException, InterruptedException {
        signal(process, "-STOP");
    }

    private static void signal(Process process, String signal) throws IOException, InterruptedException {
        int code =
                new ProcessBuilder("kill", signal, "" + process.pid()).start().waitFor();
        if (code != 0) {
            throw new IOException("kill " + signal + ": exit code " + code);
        }
    }

    private void search(RandomAccessFile memory, long from, long to, Set<String> found) throws IOException {
        byte[] chunk = new byte[CHUNK + longest];
        for (long at = from; at < to; at += CHUNK) {
            int length = (int) Math.min(chunk.length, to - at);
            memory.seek(at);
            memory.readFully(chunk, 0, length);
            search(chunk, length, found);
        }
    }

    private void search(byte[] in, int length, Set<String> found) {
        for (int i = 0; i < length - 1; i++) {
            for (byte[] needle : table.get(index(in, i))) {
                int end = i + needle.length;
                if (end <= length && Arrays.equals(in, i, end, needle, 0, needle.length)) {
                    found.add(names.get(needle));
                }
            }
        }
    }
}
