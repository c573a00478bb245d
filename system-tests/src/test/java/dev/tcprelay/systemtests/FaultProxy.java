package dev.tcprelay.systemtests;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A link on which things go wrong on purpose: a port of 127.0.0.1 whose connections lead to another one. Faults are set
 * for each direction, on connections that come and on those that are there, while they carry bytes. Without a fault
 * half-close and resets pass as they are. Thread-safe.
 */
final class FaultProxy implements AutoCloseable {
    private static final FaultRule NO_FAULT =
            new FaultRule(new Fault.None(), FaultRule.Traffic.ANY, FaultRule.ALWAYS, Set.of());

    private final int port = Ports.free();
    private final int destination;
    private final Map<Direction, FaultRule> rules = new EnumMap<>(Direction.class);
    private final Map<Direction, AtomicLong> passed =
            Map.of(Direction.UP, new AtomicLong(), Direction.DOWN, new AtomicLong());
    private final Set<FaultyConnection> connections = ConcurrentHashMap.newKeySet();
    private Entrance entrance = Entrance.OPEN;
    private ServerSocket listener;
    private Thread acceptor;
    private boolean closed;

    /** What becomes of new connections. */
    enum Entrance {
        OPEN,
        /** Nobody listens. */
        REFUSING,
        /** They are made, by the kernel, and nobody answers. */
        SILENT,
        /** They are made and closed. */
        CLOSING
    }

    /** @param destination a port of 127.0.0.1 */
    FaultProxy(int destination) throws IOException {
        this.destination = destination;
        listen();
    }

    int port() {
        return port;
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    /** Sets a fault on all connections of a direction, in place of the one before. */
    FaultRule set(Direction direction, Fault fault) {
        return set(direction, fault, FaultRule.Traffic.ANY, FaultRule.ALWAYS);
    }

    /** The same on some. */
    FaultRule set(Direction direction, Fault fault, FaultRule.Traffic traffic, int times) {
        return set(direction, new FaultRule(fault, traffic, times, Set.of()));
    }

    /** The same on some of those that are still to come. */
    FaultRule setOnNew(Direction direction, Fault fault, FaultRule.Traffic traffic, int times) {
        return set(direction, new FaultRule(fault, traffic, times, connections));
    }

    private synchronized FaultRule set(Direction direction, FaultRule rule) {
        lift(rules.put(direction, rule));
        return rule;
    }

    /** Everything is well again, and what was held goes on. */
    void lift() throws IOException {
        synchronized (this) {
            rules.values().forEach(FaultProxy::lift);
            rules.clear();
        }
        entrance(Entrance.OPEN);
    }

    private static void lift(FaultRule rule) {
        if (rule != null) {
            rule.lift();
        }
    }

    synchronized FaultRule rule(Direction direction) {
        return rules.getOrDefault(direction, NO_FAULT);
    }

    /** A port is refused when this returns: the kernel listens as long as somebody is in accept(). */
    void entrance(Entrance now) throws IOException {
        Thread refused = null;
        synchronized (this) {
            entrance = now;
            notifyAll();
            if (now == Entrance.REFUSING) {
                listener.close();
                refused = acceptor;
            } else if (listener.isClosed() && !closed) {
                listen();
            }
        }
        if (refused != null) {
            Threads.join(refused);
        }
    }

    private void listen() throws IOException {
        ServerSocket fresh = new ServerSocket();
        fresh.setReuseAddress(true);
        fresh.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
        listener = fresh;
        acceptor = Threads.start("proxy " + port, () -> accept(fresh));
    }

    private void accept(ServerSocket from) throws Exception {
        while (true) {
            Socket near = from.accept();
            if (awaitEntrance() == Entrance.OPEN) {
                Threads.start("proxy " + port + " connects", () -> connect(near));
            } else {
                near.close();
            }
        }
    }

    private synchronized Entrance awaitEntrance() throws InterruptedException {
        while (entrance == Entrance.SILENT) {
            wait();
        }
        return entrance;
    }

    private void connect(Socket near) {
        Socket far = new Socket();
        try {
            far.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), destination));
            far.setTcpNoDelay(true);
            near.setTcpNoDelay(true);
            FaultyConnection[] self = new FaultyConnection[1];
            self[0] = new FaultyConnection(this, near, far, () -> connections.remove(self[0]));
            connections.add(self[0]);
            self[0].start();
        } catch (IOException e) {
            // Nobody listens, or the connection has been reset already.
            FaultyConnection.reset(far);
            FaultyConnection.reset(near);
        }
    }

    void count(Direction direction, long bytes) {
        passed.get(direction).addAndGet(bytes);
    }

    /** Bytes that have been passed on so far, on all connections. */
    long passed(Direction direction) {
        return passed.get(direction).get();
    }

    /** Connections that are open. */
    int open() {
        return connections.size();
    }

    /** Those of them that are no control connections. */
    int openLegs() {
        return (int) connections.stream()
                .filter(connection -> connection.traffic() != FaultRule.Traffic.CONTROL)
                .count();
    }

    @Override
    public void close() throws IOException {
        synchronized (this) {
            closed = true;
            entrance = Entrance.CLOSING;
            notifyAll();
            listener.close();
            rules.values().forEach(FaultRule::lift);
        }
        for (FaultyConnection connection : connections) {
            connection.close();
        }
    }
}
