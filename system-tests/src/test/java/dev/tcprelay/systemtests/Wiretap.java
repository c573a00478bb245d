package dev.tcprelay.systemtests;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Passes every connection on to a port of 127.0.0.1 and keeps all that goes by, for each direction. */
final class Wiretap implements AutoCloseable {
    private final ServerSocket listener;
    private final int destination;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final ByteArrayOutputStream towards = new ByteArrayOutputStream();
    private final ByteArrayOutputStream back = new ByteArrayOutputStream();

    Wiretap(int destination) throws IOException {
        this.destination = destination;
        this.listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        Threads.start("wiretap", this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Bytes to the destination. ISO 8859-1, so that each byte is one character. */
    String towards() {
        return towards.toString(StandardCharsets.ISO_8859_1);
    }

    /** Bytes from the destination. */
    String back() {
        return back.toString(StandardCharsets.ISO_8859_1);
    }

    private void accept() throws IOException {
        while (true) {
            Socket near = listener.accept();
            Socket far = new Socket(InetAddress.getLoopbackAddress(), destination);
            sockets.add(near);
            sockets.add(far);
            Threads.start("wiretap towards", () -> pass(near, far, towards));
            Threads.start("wiretap back", () -> pass(far, near, back));
        }
    }

    private static void pass(Socket from, Socket to, ByteArrayOutputStream record) throws IOException {
        byte[] bytes = new byte[64 * 1024];
        InputStream in = from.getInputStream();
        for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
            record.write(bytes, 0, n);
            to.getOutputStream().write(bytes, 0, n);
        }
        to.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
