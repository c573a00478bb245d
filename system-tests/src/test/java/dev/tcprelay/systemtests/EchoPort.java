package dev.tcprelay.systemtests;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicInteger;

/** Sends back what it gets, on thousands of connections with one thread; a connection that waits has no buffer. */
final class EchoPort implements AutoCloseable {
    private static final int BACKLOG = 4096;

    private final Selector selector = Selector.open();
    private final ServerSocketChannel listener = ServerSocketChannel.open();
    private final ByteBuffer read = ByteBuffer.allocateDirect(64 * 1024);
    private final AtomicInteger resets = new AtomicInteger();

    EchoPort() throws IOException {
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
        Threads.start("echo port", this::serve);
    }

    String address() throws IOException {
        return "127.0.0.1:" + ((InetSocketAddress) listener.getLocalAddress()).getPort();
    }

    /** Connections that are open. */
    int open() {
        return selector.keys().size() - 1;
    }

    /** Connections that were reset. */
    int resets() {
        return resets.get();
    }

    private void serve() throws IOException {
        while (listener.isOpen()) {
            selector.select();
            for (Iterator<SelectionKey> keys = selector.selectedKeys().iterator(); keys.hasNext(); ) {
                SelectionKey key = keys.next();
                keys.remove();
                if (key.isValid() && key.isAcceptable()) {
                    accept();
                } else if (key.isValid()) {
                    echo(key);
                }
            }
        }
    }

    private void accept() throws IOException {
        for (SocketChannel next = listener.accept(); next != null; next = listener.accept()) {
            next.configureBlocking(false);
            next.register(selector, SelectionKey.OP_READ);
        }
    }

    private void echo(SelectionKey key) throws IOException {
        SocketChannel channel = (SocketChannel) key.channel();
        try {
            ByteBuffer waiting = (ByteBuffer) key.attachment();
            if (waiting == null) {
                read.clear();
                if (channel.read(read) < 0) {
                    channel.close();
                    return;
                }
                waiting = read.flip();
            }
            channel.write(waiting);
            if (waiting.hasRemaining()) {
                // Nothing is read until this has gone.
                key.attach(waiting == read ? copy(read) : waiting);
                key.interestOps(SelectionKey.OP_WRITE);
            } else {
                key.attach(null);
                key.interestOps(SelectionKey.OP_READ);
            }
        } catch (IOException reset) {
            resets.incrementAndGet();
            channel.close();
        }
    }

    private static ByteBuffer copy(ByteBuffer bytes) {
        return ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }
}
