package dev.tcprelay.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What the connections between some ports have carried so far, by {@code ss}.
 *
 * @param bytes of payload, of both directions
 * @param segments with payload; one for each message, unless several go together
 */
record BusTraffic(long bytes, long segments) {
    private static final Pattern BYTES = Pattern.compile("bytes_sent:(\\d+)");
    private static final Pattern SEGMENTS = Pattern.compile("data_segs_out:(\\d+)");

    /** Of the connections to these ports. */
    static BusTraffic of(List<Integer> ports) throws IOException, InterruptedException {
        String either = ports.stream()
                .map(port -> "sport = :" + port + " or dport = :" + port)
                .collect(Collectors.joining(" or "));
        List<String> line = List.of("ss", "-tinHO", "state", "established", "( " + either + " )");
        Process ss = new ProcessBuilder(line).redirectErrorStream(true).start();
        String text = new String(ss.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (ss.waitFor() != 0) {
            throw new IOException("ss failed: " + text);
        }
        return parse(text);
    }

    static BusTraffic parse(String ss) {
        return new BusTraffic(sum(BYTES, ss), sum(SEGMENTS, ss));
    }

    BusTraffic since(BusTraffic before) {
        return new BusTraffic(bytes - before.bytes, segments - before.segments);
    }

    private static long sum(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        long sum = 0;
        while (matcher.find()) {
            sum += Long.parseLong(matcher.group(1));
        }
        return sum;
    }
}
