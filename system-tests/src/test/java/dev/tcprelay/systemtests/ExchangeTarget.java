package dev.tcprelay.systemtests;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/** A server that sends its stream and receives the other at the same time, on each connection; and keeps account. */
final class ExchangeTarget implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 120_000;

    private final ServerSocket listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final List<Received> received = new ArrayList<>();
    private Exchange exchange;
    private Exchange earlier;
    private CountDownLatch reading = new CountDownLatch(0);

    ExchangeTarget(Exchange first) throws IOException {
        exchange = first;
        earlier = first;
        Threads.start("exchange target " + port(), () -> {
            while (true) {
                Socket socket = listener.accept();
                sockets.add(socket);
                serveNext(socket);
            }
        });
    }

    int port() {
        return listener.getLocalPort();
    }

    /** For the connections that come from now on. What earlier ones have received is forgotten. */
    void exchange(Exchange next) {
        exchange(next, new CountDownLatch(0));
    }

    /** The same; they are read when the latch is down. */
    synchronized void exchange(Exchange next, CountDownLatch before) {
        synchronized (received) {
            received.clear();
        }
        earlier = exchange;
        exchange = next;
        reading = before;
    }

    private synchronized void serveNext(Socket socket) {
        Exchange now = exchange;
        Exchange last = earlier;
        CountDownLatch before = reading;
        Threads.start("exchange target " + port() + " connection", () -> serve(socket, now, last, before));
    }

    private void serve(Socket socket, Exchange now, Exchange last, CountDownLatch before) throws Exception {
        try (socket) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            Sending sending = Exchange.send(socket, now.down(), now.bytes());
            before.await();
            InputStream in = socket.getInputStream();
            byte[] first = firstByte(in);
            boolean late = first.length > 0
                    && first[0] != now.up().at(0)
                    && first[0] == last.up().at(0);
            Received all = Received.read(first, in, late ? last.up() : now.up()).behind(sending, socket);
            if (!late || !all.isHonest(last.bytes())) {
                synchronized (received) {
                    received.add(all);
                }
            }
            if (all.end() == Received.End.EOF) {
                sending.await();
            }
        } finally {
            sockets.remove(socket);
        }
    }

    /** By which is seen what still comes of the last exchange, whose application had given up. */
    private static byte[] firstByte(InputStream in) {
        try {
            return in.readNBytes(1);
        } catch (IOException e) {
            // Reading on tells.
            return new byte[0];
        }
    }

    /** Waits until there are so many connections; fails the test after 30 s. */
    void awaitConnections(int wanted) throws Exception {
        Eventually.within(30, wanted + " connections to the target", () -> sockets.size() >= wanted);
    }

    /** What its connections have received since this was asked last; waits for them to end. */
    List<Received> received() throws Exception {
        Eventually.within(PATIENCE_MILLIS / 1000, "the target's connections end", sockets::isEmpty);
        synchronized (received) {
            List<Received> all = List.copyOf(received);
            received.clear();
            return all;
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
