package dev.tcprelay.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The far end of a bulk transfer: reads the first byte of a connection, then takes all that comes ({@code 'u'}) or
 * sends until the other side leaves ({@code 'd'}).
 */
final class Target implements AutoCloseable {
    static final int BUFFER = 256 * 1024;

    private final ServerSocket listener;
    private final AtomicLong taken = new AtomicLong();

    Target() throws IOException {
        listener = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
        daemon("target", this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Bytes that have arrived here. */
    long taken() {
        return taken.get();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                daemon("target connection", () -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        byte[] buffer = new byte[BUFFER];
        try (socket;
                InputStream in = socket.getInputStream();
                OutputStream out = socket.getOutputStream()) {
            if (in.read() == 'u') {
                for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
                    taken.addAndGet(n);
                }
            } else {
                while (true) {
                    out.write(buffer);
                }
            }
        } catch (IOException e) {
            // The other side has left: the measurement is over.
            return;
        }
    }

    static Thread daemon(String name, Runnable run) {
        Thread thread = new Thread(run, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
