package dev.tcprelay.systemtests;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;

/**
 * One connection on which both ends send at the same time, each to its end, and receive.
 *
 * @param up what the application sends
 * @param down what the target sends
 * @param bytes how much each of them sends
 */
record Exchange(Pattern up, Pattern down, long bytes) {
    private static final int BLOCK = 16 * 1024;
    private static final int PATIENCE_MILLIS = 120_000;

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
        try (Socket socket = SocksPort.open(port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            Throwable[] wrong = new Throwable[1];
            Sending sending = Sending.start(() -> sendInTwo(socket, halfway, wrong));
            Received all = Received.read(socket, down).behind(sending, socket);
            sending.await();
            if (wrong[0] != null) {
                throw new AssertionError(wrong[0].getMessage() + "; the application has " + all, wrong[0]);
            }
            return all;
        }
    }

    private void sendInTwo(Socket socket, Event halfway, Throwable[] wrong) throws IOException {
        IOException broken = null;
        try {
            send(socket.getOutputStream(), up, 0, bytes / 2);
        } catch (IOException e) {
            broken = e;
        }
        try {
            halfway.happen();
        } catch (Throwable e) {
            wrong[0] = e;
        }
        if (broken != null) {
            throw broken;
        }
        send(socket.getOutputStream(), up, bytes / 2, bytes);
        socket.shutdownOutput();
    }

    /** Sends all of a stream and its end, on a thread of its own. */
    static Sending send(Socket to, Pattern stream, long bytes) {
        return Sending.start(() -> {
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
