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
        try {
            return read(new byte[0], from.getInputStream(), sent);
        } catch (IOException e) {
            return new Received(0, -1, End.RESET);
        }
    }

    /** The same of what comes after the first bytes, which have been read. */
    static Received read(byte[] first, InputStream in, Pattern sent) {
        long bytes = first.length;
        long wrongAt = sent.difference(first, first.length, 0);
        byte[] block = new byte[BLOCK];
        try {
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

    /**
     * The system tells of a reset once: when the own write has heard of it, what was read ended by a mere end. Then the
     * connection is gone already; one that the peer has ended is still there for the own direction.
     */
    Received behind(Sending own, Socket from) throws IOException {
        boolean reset = end == End.EOF && KernelQueue.isGone(from) && own.isBroken();
        return reset ? new Received(bytes, wrongAt, End.RESET) : this;
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
