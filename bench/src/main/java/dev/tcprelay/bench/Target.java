package dev.tcprelay.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The far end, a process of its own. The first byte of a connection says what is wanted: {@link #TAKE} everything,
 * {@link #SEND} until the other side leaves, {@link #ECHO}, one byte and {@link #KEEP} the connection, the
 * {@link #COUNT} of bytes taken so far, or a web page. Small requests, and thousands of idle connections, take one
 * thread; the others have their own.
 */
final class Target implements AutoCloseable {
    static final int TAKE = 'u';
    static final int SEND = 'd';
    static final int ECHO = 'p';
    static final int KEEP = 'k';
    static final int COUNT = 'q';
    static final String PAGE = "a small page of the target of the bench\n";
    static final int BUFFER = 256 * 1024;

    /** For stages on which nothing leads to a target. */
    static final InetSocketAddress NOWHERE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private static final int BACKLOG = 4096;
    private static final int REQUEST = 4096;
    private static final byte[] REPLY = ("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: "
                    + PAGE.length() + "\r\nConnection: close\r\n\r\n" + PAGE)
            .getBytes(StandardCharsets.US_ASCII);

    private final Selector selector = Selector.open();
    private final ServerSocketChannel listener = ServerSocketChannel.open();
    private final ByteBuffer buffer = ByteBuffer.allocate(REQUEST);
    private final AtomicLong taken = new AtomicLong();

    /** @param port 0 for any */
    Target(InetSocketAddress port) throws IOException {
        listener.bind(port, BACKLOG);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
        daemon("target", this::serve);
    }

    /**
     * Serves until it is killed; prints {@code ready PORT}.
     *
     * @param args the address to listen on and, if legs of a relay are to be served too, the home of a login there
     */
    public static void main(String[] args) throws Exception {
        Target target = new Target(new InetSocketAddress(args[0], 0));
        if (args.length > 1) {
            RawSkeleton.serve(Path.of(args[1]), target::serve);
        }
        System.out.println("ready " + target.port());
        Thread.currentThread().join();
    }

    int port() throws IOException {
        return ((InetSocketAddress) listener.getLocalAddress()).getPort();
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
                        answer(key);
                    }
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("the target failed", e);
        }
    }

    private void accept() throws IOException {
        for (SocketChannel next = listener.accept(); next != null; next = listener.accept()) {
            next.configureBlocking(false);
            next.register(selector, SelectionKey.OP_READ);
        }
    }

    /** Whoever asks writes the request at once, and it is small enough to come at once; else the end of it counts. */
    private void answer(SelectionKey key) throws IOException {
        SocketChannel channel = (SocketChannel) key.channel();
        try {
            if (channel.read(buffer.clear()) <= 0) {
                channel.close();
                return;
            }
            byte[] request = new byte[buffer.flip().remaining()];
            buffer.get(request);
            switch (request[0]) {
                case KEEP -> channel.write(ByteBuffer.wrap(request, 0, 1));
                case COUNT ->
                    closeAfter(
                            channel,
                            ByteBuffer.allocate(Long.BYTES).putLong(taken.get()).flip());
                case TAKE, SEND, ECHO -> {
                    key.cancel();
                    channel.configureBlocking(true);
                    daemon("target connection", () -> serve(channel.socket(), request));
                }
                default -> {
                    if (request[request.length - 1] == '\n') {
                        closeAfter(channel, ByteBuffer.wrap(REPLY));
                    }
                }
            }
        } catch (IOException reset) {
            channel.close();
        }
    }

    private static void closeAfter(SocketChannel channel, ByteBuffer reply) throws IOException {
        channel.write(reply);
        channel.close();
    }

    /** A connection whose first bytes have not been read, for what has a thread of its own. */
    void serve(Socket socket) {
        byte[] first = new byte[REQUEST];
        try {
            int size = socket.getInputStream().read(first);
            if (size > 0) {
                serve(socket, Arrays.copyOf(first, size));
            } else {
                socket.close();
            }
        } catch (IOException e) {
            // The other side has left.
            return;
        }
    }

    private void serve(Socket socket, byte[] first) {
        byte[] bytes = new byte[BUFFER];
        try (socket;
                InputStream in = socket.getInputStream();
                OutputStream out = socket.getOutputStream()) {
            socket.setTcpNoDelay(true);
            switch (first[0]) {
                case TAKE -> {
                    taken.addAndGet(first.length - 1);
                    for (int n = in.read(bytes); n > 0; n = in.read(bytes)) {
                        taken.addAndGet(n);
                    }
                }
                case SEND -> {
                    while (true) {
                        out.write(bytes);
                    }
                }
                case ECHO -> {
                    out.write(first, 1, first.length - 1);
                    for (int n = in.read(bytes); n > 0; n = in.read(bytes)) {
                        out.write(bytes, 0, n);
                    }
                }
                case KEEP -> {
                    out.write(KEEP);
                    in.read();
                }
                default -> out.write(REPLY);
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
        selector.wakeup();
    }
}
