package dev.tcprelay.systemtests;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * One connection on which both ends send at the same time, each to its end, and receive.
 *
 * @param up what the application sends
 * @param down what the target sends
 * @param bytes how much each of them sends
 */
record Exchange(Pattern up, Pattern down, long bytes) {
    private static final int BLOCK = 16 * 1024;
    private static final int PATIENCE_MILLIS = 45_000;

    /** One whose streams no other has. */
    static Exchange of(long number, long bytes) {
        return new Exchange(new Pattern(2 * number), new Pattern(2 * number + 1), bytes);
    }

    /** What happens while an exchange is under way. */
    interface Event {
        void happen() throws Exception;
    }

    /**
     * The application's end, through a port of 127.0.0.1; when half of its bytes are sent the event happens, on another
     * thread. What the event throws is thrown.
     */
    Received run(int port, Event halfway) throws Exception {
        CompletableFuture<Void> sent = new CompletableFuture<>();
        try (Socket socket = SocksPort.open(port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            Threads.start("exchange application", () -> sendInTwo(socket, halfway, sent));
            Received all = Received.read(socket, down);
            sent.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            return all;
        }
    }

    private void sendInTwo(Socket socket, Event halfway, CompletableFuture<Void> sent) {
        try {
            boolean open = sendPart(socket, 0, bytes / 2);
            halfway.happen();
            if (open && sendPart(socket, bytes / 2, bytes)) {
                socket.shutdownOutput();
            }
            sent.complete(null);
        } catch (IOException e) {
            // What is received tells how the connection ended.
            sent.complete(null);
        } catch (Throwable e) {
            sent.completeExceptionally(e);
        }
    }

    private boolean sendPart(Socket socket, long from, long until) {
        try {
            send(socket.getOutputStream(), up, from, until);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Sends all of a stream and its end, on a thread of its own. */
    static Thread send(Socket to, Pattern stream, long bytes) {
        return Threads.start("exchange sends", () -> {
            send(to.getOutputStream(), stream, 0, bytes);
            to.shutdownOutput();
        });
    }

    private static void send(OutputStream out, Pattern stream, long from, long until) throws IOException {
        for (long at = from; at < until; at += BLOCK) {
            out.write(stream.bytes(at, (int) Math.min(BLOCK, until - at)));
        }
    }
}
