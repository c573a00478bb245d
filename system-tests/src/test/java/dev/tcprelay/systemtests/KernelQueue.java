package dev.tcprelay.systemtests;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** What the kernel holds of a connection of this machine: /proc/net/tcp, since the JDK cannot tell. */
final class KernelQueue {
    private static final List<Path> TABLES = List.of(Path.of("/proc/net/tcp6"), Path.of("/proc/net/tcp"));
    /** The tables are read in pieces between which others come and go; a line is missed now and then. */
    private static final int LOOKS = 5;

    private static final long NANOS_BETWEEN = 2_000_000;
    /** 127.0.0.1, also as the end of an IPv6 address that stands for it. */
    private static final String LOOPBACK = "0100007F";

    /** Fields of a line, from its end of the connection on: the other end, the state, tx_queue:rx_queue. */
    private static final int REMOTE = 1;

    private static final int QUEUES = 3;
    private static final int HEX = 16;

    private KernelQueue() {}

    /** Waits until the peer's kernel has acknowledged everything, or the socket is gone, or the time is up. */
    static void awaitSent(Socket socket, long seconds) throws IOException {
        Deadline deadline = Deadline.inSeconds(seconds);
        while (unacknowledged(socket) > 0 && !deadline.passed()) {
            LockSupport.parkNanos(NANOS_BETWEEN);
        }
    }

    /** Bytes that were written and that the peer's kernel has not acknowledged. */
    private static long unacknowledged(Socket socket) throws IOException {
        String queues = queues(socket);
        return queues == null ? 0 : Long.parseLong(queues.substring(0, queues.indexOf(':')), HEX);
    }

    /** Whether there is nothing left of a connection: it was reset, or both ends have closed it. */
    static boolean isGone(Socket socket) throws IOException {
        return queues(socket) == null;
    }

    private static String queues(Socket socket) throws IOException {
        String queues = null;
        for (int look = 0; look < LOOKS && queues == null; look++) {
            queues = lookedUp(socket);
        }
        return queues;
    }

    private static String lookedUp(Socket socket) throws IOException {
        String local = String.format("%s:%04X ", LOOPBACK, socket.getLocalPort());
        String remote = String.format("%s:%04X ", LOOPBACK, socket.getPort());
        for (Path table : TABLES) {
            String text = Files.readString(table, StandardCharsets.US_ASCII);
            for (int at = text.indexOf(local); at >= 0; at = text.indexOf(local, at + 1)) {
                String[] fields = text.substring(at, text.indexOf('\n', at)).split(" ", QUEUES + 2);
                if ((fields[REMOTE] + " ").endsWith(remote)) {
                    return fields[QUEUES];
                }
            }
        }
        return null;
    }
}
