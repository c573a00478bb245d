package dev.tcprelay.systemtests;

import java.io.IOException;
import java.net.Socket;

/** One connection through a {@link FaultProxy}: two sockets, and a thread for each direction between them. */
final class FaultyConnection {
    private static final int LOGIN = 1;
    private static final int ATTACH = 2;
    private static final long SECONDS_TO_DRAIN = 30;

    private final Socket near;
    private final Socket far;
    private final FaultyWay up;
    private final FaultyWay down;
    private final Runnable ended;
    private volatile FaultRule.Traffic traffic = FaultRule.Traffic.ANY;
    private int waysEnded;

    /**
     * Between two sockets.
     *
     * @param near to the end that connected
     * @param ended called once, when both are closed
     */
    FaultyConnection(FaultProxy proxy, Socket near, Socket far, Runnable ended) {
        this.near = near;
        this.far = far;
        this.up = new FaultyWay(this, near, far, () -> proxy.rule(Direction.UP), n -> proxy.count(Direction.UP, n));
        this.down =
                new FaultyWay(this, far, near, () -> proxy.rule(Direction.DOWN), n -> proxy.count(Direction.DOWN, n));
        this.ended = ended;
    }

    void start() {
        Threads.start("proxy " + near.getLocalPort() + " up", up::run);
        Threads.start("proxy " + near.getLocalPort() + " down", down::run);
    }

    /** {@code ANY} as long as the connecting end has said nothing, and where it speaks another protocol. */
    FaultRule.Traffic traffic() {
        return traffic;
    }

    /** The first byte of the connecting end. */
    void began(byte first) {
        traffic = switch (first) {
            case LOGIN -> FaultRule.Traffic.CONTROL;
            case ATTACH -> FaultRule.Traffic.LEG;
            default -> FaultRule.Traffic.ANY;
        };
    }

    FaultyWay up() {
        return up;
    }

    /** The other direction of a way. */
    FaultyWay other(FaultyWay way) {
        return way == up ? down : up;
    }

    synchronized void wayEnded() throws IOException {
        waysEnded++;
        if (waysEnded == 2) {
            close();
        }
    }

    void close() throws IOException {
        near.close();
        far.close();
        ended.run();
    }

    /** Sends RST behind everything that was written: one that overtakes would destroy it. */
    static void reset(Socket socket) {
        try {
            KernelQueue.awaitSent(socket, SECONDS_TO_DRAIN);
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // It is closed or reset already.
        }
        try {
            socket.close();
        } catch (IOException e) {
            // As good as closed.
        }
    }
}
