package dev.tcprelay.systemtests;

import java.io.IOException;
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
    private static final int PATIENCE_MILLIS = 60_000;

    private final ServerSocket listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final List<Received> received = new ArrayList<>();
    private Exchange exchange;
    private CountDownLatch reading = new CountDownLatch(0);

    ExchangeTarget(Exchange first) throws IOException {
        exchange = first;
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
        exchange = next;
        reading = before;
    }

    private synchronized void serveNext(Socket socket) {
        Exchange now = exchange;
        CountDownLatch before = reading;
        Threads.start("exchange target " + port() + " connection", () -> serve(socket, now, before));
    }

    private void serve(Socket socket, Exchange now, CountDownLatch before) throws Exception {
        try (socket) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            Thread sending = Exchange.send(socket, now.down(), now.bytes());
            before.await();
            Received all = Received.read(socket, now.up());
            synchronized (received) {
                received.add(all);
            }
            if (all.end() == Received.End.EOF) {
                sending.join();
            }
        } finally {
            sockets.remove(socket);
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
