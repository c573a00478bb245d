package dev.tcprelay.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Streams that carry as much as they can until they are closed. */
final class Load implements AutoCloseable {
    private final Way way;
    private final Direction direction;
    private final List<Socket> sockets = new ArrayList<>();
    private final AtomicLong received = new AtomicLong();

    /** Which way the bytes go, seen from whoever connects. */
    enum Direction {
        UP,
        DOWN
    }

    /** Opens them, one after the other; they begin at once. */
    Load(Way way, Direction direction, int streams) throws IOException {
        this.way = way;
        this.direction = direction;
        try {
            for (int i = 0; i < streams; i++) {
                Socket socket = way.entry().connect();
                sockets.add(socket);
                socket.getOutputStream().write(direction == Direction.UP ? Target.TAKE : Target.SEND);
                Target.daemon("load", () -> run(socket));
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /** Bytes that have arrived so far, at the target or here. */
    long bytes() throws IOException {
        return direction == Direction.UP ? way.taken() : received.get();
    }

    private void run(Socket socket) {
        byte[] buffer = new byte[Target.BUFFER];
        try {
            if (direction == Direction.UP) {
                OutputStream out = socket.getOutputStream();
                while (true) {
                    out.write(buffer);
                }
            }
            InputStream in = socket.getInputStream();
            for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
                received.addAndGet(n);
            }
        } catch (IOException e) {
            // Closed at the end, or broken: what arrived counts.
            return;
        }
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
