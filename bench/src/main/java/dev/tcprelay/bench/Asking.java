package dev.tcprelay.bench;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Small requests to a {@link Target}. */
final class Asking {
    private static final byte[] HTTP =
            "GET / HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final String OK = "HTTP/1.1 200 ";

    private Asking() {}

    /** Connects, sends a byte and waits for one; the connection stays. */
    static Socket keep(Entry entry) throws IOException {
        Socket socket = entry.connect();
        try {
            socket.getOutputStream().write(Target.KEEP);
            if (socket.getInputStream().read() < 0) {
                throw new EOFException("the connection was closed without a reply");
            }
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** The time from connect to the first byte of the reply. */
    static double firstByteMillis(Entry entry) throws IOException {
        long from = System.nanoTime();
        try (Socket answered = keep(entry)) {
            long took = System.nanoTime() - from;
            answered.shutdownOutput();
            return took / 1e6;
        }
    }

    /** An HTTP request on a connection of its own, which the server closes. */
    static void http(Entry entry) throws IOException {
        try (Socket socket = entry.connect()) {
            socket.getOutputStream().write(HTTP);
            InputStream in = socket.getInputStream();
            String reply = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            if (!reply.startsWith(OK) || !reply.endsWith(Target.PAGE)) {
                throw new IOException("a reply of " + reply.length() + " bytes: "
                        + reply.lines().findFirst());
            }
        }
    }

    /** How many bytes have arrived at a target. */
    static long taken(InetSocketAddress target) throws IOException {
        try (Socket socket = Entry.dial(target)) {
            socket.getOutputStream().write(Target.COUNT);
            return new DataInputStream(socket.getInputStream()).readLong();
        }
    }
}
