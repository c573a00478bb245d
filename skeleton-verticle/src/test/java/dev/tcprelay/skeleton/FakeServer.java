package dev.tcprelay.skeleton;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** The server behind the skeleton. */
final class FakeServer implements AutoCloseable {
    private final ServerSocket listener;
    private final List<Socket> sockets = new ArrayList<>();

    FakeServer(int backlog) throws IOException {
        listener = new ServerSocket(0, backlog, InetAddress.getLoopbackAddress());
        listener.setSoTimeout(Wires.MILLIS);
    }

    int port() {
        return listener.getLocalPort();
    }

    Socket accept() throws IOException {
        Socket socket = listener.accept();
        socket.setSoTimeout(Wires.MILLIS);
        sockets.add(socket);
        return socket;
    }

    private Socket connect(int millis) throws IOException {
        Socket socket = new Socket();
        sockets.add(socket);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port()), millis);
        return socket;
    }

    /** Nobody has connected before this call: the first connection accepted is its own. */
    void assertNeverDialled() throws IOException {
        try (Socket own = connect(Wires.MILLIS);
                Socket first = listener.accept()) {
            assertEquals(own.getLocalPort(), first.getPort());
        }
    }

    /** Fills the backlog, so that the next one who connects gets no answer. */
    void fillBacklog() throws IOException {
        while (true) {
            try {
                connect(500);
            } catch (SocketTimeoutException e) {
                return;
            }
        }
    }

    /** Nobody listens any more: connections are refused. */
    void stopListening() throws IOException {
        listener.close();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
