package dev.tcprelay.systemtests;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;

/**
 * What one end of a connection has received.
 *
 * @param bytes how many
 * @param wrongAt the first position that is not as it was sent, or -1
 */
record Received(long bytes, long wrongAt, End end) {
    private static final int BLOCK = 64 * 1024;

    /** How it ended. */
    enum End {
        EOF,
        RESET,
        /** Nothing more came for as long as the socket waits. */
        SILENCE
    }

    /** Reads to the end, whatever that is. */
    static Received read(Socket from, Pattern sent) {
        long bytes = 0;
        long wrongAt = -1;
        byte[] block = new byte[BLOCK];
        try {
            InputStream in = from.getInputStream();
            for (int n = in.read(block); n >= 0; n = in.read(block)) {
                wrongAt = wrongAt >= 0 ? wrongAt : sent.difference(block, n, bytes);
                bytes += n;
            }
            return new Received(bytes, wrongAt, End.EOF);
        } catch (SocketTimeoutException e) {
            return new Received(bytes, wrongAt, End.SILENCE);
        } catch (IOException e) {
            return new Received(bytes, wrongAt, End.RESET);
        }
    }

    /** All of it, and its own end. */
    boolean isWhole(long sent) {
        return bytes == sent && wrongAt < 0 && end == End.EOF;
    }

    /** What the end of a tunnel may see of one of which something went wrong: never other bytes, never a false end. */
    boolean isHonest(long sent) {
        boolean prefix = bytes <= sent && wrongAt < 0;
        return prefix && (end == End.RESET || bytes == sent);
    }
}
