package dev.tcprelay.protocol.files;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A line-based text file: empty lines and lines that begin with {@code #} are skipped, lines end with LF or CR LF.
 * Data is printable ASCII, comments may hold other scripts, control characters are refused everywhere. Edits touch one
 * line and leave all others as they are, line ends included.
 */
final class LineFile {
    private static final int MAX_LINES = 100_000;

    private final List<Line> lines;

    private LineFile(List<Line> lines) {
        this.lines = lines;
    }

    /** One line without its end, and its end: LF, CR LF or nothing. */
    record Line(int number, String text, String end) {
        boolean isData() {
            return !text.isBlank() && !text.stripLeading().startsWith("#");
        }

        List<String> fields() {
            return List.of(text.strip().split("[ \t]+", -1));
        }
    }

    static LineFile parse(String text, int maxLength) throws FormatException {
        if (text.length() > maxLength) {
            throw new FormatException("the file is too large: at most " + maxLength + " characters");
        }
        List<Line> lines = new ArrayList<>();
        for (int start = 0; start < text.length(); ) {
            int feed = text.indexOf('\n', start);
            int next = feed < 0 ? text.length() : feed + 1;
            int stop = feed < 0 ? next : feed > start && text.charAt(feed - 1) == '\r' ? feed - 1 : feed;
            if (lines.size() == MAX_LINES) {
                throw new FormatException("the file has too many lines: at most " + MAX_LINES);
            }
            Line line = new Line(lines.size() + 1, text.substring(start, stop), text.substring(stop, next));
            checkCharacters(line);
            lines.add(line);
            start = next;
        }
        return new LineFile(lines);
    }

    private static void checkCharacters(Line line) throws FormatException {
        boolean data = line.isData();
        for (int i = 0; i < line.text().length(); i++) {
            char c = line.text().charAt(i);
            if (c == '\uFEFF') {
                throw new FormatException(line.number(), "a byte order mark; save the file as UTF-8 without one");
            }
            if (Character.isISOControl(c) && c != '\t') {
                throw new FormatException(line.number(), "character " + (i + 1) + " is a control character");
            }
            if (data && c > '~') {
                throw new FormatException(line.number(), "character " + (i + 1) + " is not ASCII");
            }
        }
    }

    /** The lines that are neither empty nor comments. */
    List<Line> data() {
        return lines.stream().filter(Line::isData).toList();
    }

    /** The line whose first field is this name, which the caller has found in the file before. */
    Line line(String name) {
        return data().stream()
                .filter(line -> line.fields().get(0).equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** The file with another text in place of a line; null takes the line out. */
    String replace(Line line, @Nullable String text) {
        StringBuilder file = new StringBuilder();
        for (Line each : lines) {
            if (each.number() != line.number()) {
                file.append(each.text()).append(each.end());
            } else if (text != null) {
                file.append(text).append(each.end());
            }
        }
        return file.toString();
    }

    /** The file with one more line, with the line end that the file uses. */
    String append(String text) {
        String end = lines.isEmpty() || lines.get(0).end().isEmpty()
                ? "\n"
                : lines.get(0).end();
        StringBuilder file = new StringBuilder();
        for (Line each : lines) {
            file.append(each.text()).append(each.end().isEmpty() ? end : each.end());
        }
        return file.append(text).append(end).toString();
    }
}
