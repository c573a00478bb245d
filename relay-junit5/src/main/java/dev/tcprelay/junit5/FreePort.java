package dev.tcprelay.junit5;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports for those who have to be told theirs. */
final class FreePort {
    /** Below those that systems give to outgoing connections: none of them takes it before its owner has it. */
    private static final int FIRST = 12_000;

    private static final int BEHIND_LAST = 30_000;
    private static final int ATTEMPTS = 1000;

    private FreePort() {}

    /** A port of the loopback that nobody has at this moment. Blocks for an instant. */
    static int find() throws IOException {
        IOException last = new IOException("no port was tried");
        for (int i = 0; i < ATTEMPTS; i++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, BEHIND_LAST);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                last = e;
            }
        }
        throw last;
    }
}
