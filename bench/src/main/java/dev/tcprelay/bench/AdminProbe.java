package dev.tcprelay.bench;

import dev.tcprelay.bench.RelayCommand.Node;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks a node's admin socket for one number, as often as one likes. */
record AdminProbe(Node node) {
    private static final byte[] REQUEST =
            "GET /metrics HTTP/1.1\r\nHost: relay\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final Pattern SERVERS = Pattern.compile("(?m)^relay_servers(?:\\{.*})? ([0-9.E+]+)");

    /** Ids that are available, as this node knows. */
    long servers() throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(node.file("admin.sock")));
            channel.write(ByteBuffer.wrap(REQUEST));
            String text = new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
            Matcher matcher = SERVERS.matcher(text);
            if (!matcher.find()) {
                throw new IOException("no relay_servers in the metrics of " + node.directory());
            }
            return (long) Double.parseDouble(matcher.group(1));
        }
    }
}
