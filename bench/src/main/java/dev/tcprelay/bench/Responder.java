package dev.tcprelay.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Iterator;

/**
 * A server of small requests, and how to make one: {@value #SIZE} bytes there, as many back. Then the connection stays,
 * or, when the request begins with {@code 'c'}, is closed. Thousands of connections take one thread.
 */
final class Responder implements AutoCloseable {
    private static final int SIZE = 100;
    private static final int BACKLOG = 4096;

    private final Selector selector = Selector.open();
    private final ServerSocketChannel listener = ServerSocketChannel.open();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(SIZE);

    Responder() throws IOException {
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
        Target.daemon("responder", this::serve);
    }

    int port() throws IOException {
        return ((InetSocketAddress) listener.getLocalAddress()).getPort();
    }

    /** Connects and makes a request; returns when the first byte of the reply is there. */
    static Socket ask(int port, boolean andClose) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        byte[] request = new byte[SIZE];
        request[0] = (byte) (andClose ? 'c' : 'k');
        socket.getOutputStream().write(request);
        if (socket.getInputStream().read() < 0) {
            socket.close();
            throw new IOException("port " + port + " closed the connection without a reply");
        }
        return socket;
    }

    /** A whole request on a connection of its own, which the server closes. */
    static void askAndClose(int port) throws IOException {
        try (Socket socket = ask(port, true)) {
            InputStream in = socket.getInputStream();
            byte[] rest = in.readNBytes(SIZE);
            if (rest.length != SIZE - 1) {
                throw new IOException("a reply of " + (rest.length + 1) + " bytes");
            }
        }
    }

    private void serve() {
        try {
            while (listener.isOpen()) {
                selector.select();
                for (Iterator<SelectionKey> keys = selector.selectedKeys().iterator(); keys.hasNext(); ) {
                    SelectionKey key = keys.next();
                    keys.remove();
                    if (key.isAcceptable()) {
                        accept();
                    } else {
                        answer((SocketChannel) key.channel());
                    }
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("the server of small requests failed", e);
        }
    }

    private void accept() throws IOException {
        for (SocketChannel next = listener.accept(); next != null; next = listener.accept()) {
            next.configureBlocking(false);
            next.register(selector, SelectionKey.OP_READ);
        }
    }

    /** A request is written at once, and small enough to come at once. */
    private void answer(SocketChannel channel) throws IOException {
        try {
            buffer.clear();
            boolean asked = channel.read(buffer) == SIZE;
            if (asked) {
                channel.write(buffer.flip());
            }
            if (!asked || buffer.get(0) == 'c') {
                channel.close();
            }
        } catch (IOException reset) {
            channel.close();
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        selector.wakeup();
    }
}
