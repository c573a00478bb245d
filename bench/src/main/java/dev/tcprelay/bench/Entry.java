package dev.tcprelay.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * Where connections to a target begin.
 *
 * @param opening how
 * @param target the port of the {@link Target}, reached without a contender, to ask what has arrived
 */
record Entry(Opening opening, InetSocketAddress target) {
    private static final int PATIENCE_MILLIS = 10_000;

    /** How a connection is opened. */
    interface Opening {
        Socket open() throws IOException;
    }

    /** A local port, which leads to the target. */
    static Entry port(InetSocketAddress port, InetSocketAddress target) {
        return new Entry(() -> dial(port), target);
    }

    /** A connection, of which each read ends after 10 s. */
    Socket connect() throws IOException {
        Socket socket = opening.open();
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    static Socket dial(InetSocketAddress address) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(address, PATIENCE_MILLIS);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }
}
