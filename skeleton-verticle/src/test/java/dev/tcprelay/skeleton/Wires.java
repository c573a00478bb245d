package dev.tcprelay.skeleton;

import dev.tcprelay.channel.OneFrame;
import dev.tcprelay.protocol.wire.Frames;
import dev.tcprelay.protocol.wire.Layer;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.util.Arrays;

/** Frames and records on a blocking socket. Everything waits at most 20 s. */
final class Wires {
    static final int MILLIS = 20_000;

    private Wires() {}

    /** Reads exactly one frame, byte by byte while its length is unknown. */
    static byte[] frame(Socket socket, OneFrame.Size size) throws Exception {
        byte[] frame = new byte[70_000];
        int have = 0;
        int wanted = Frames.UNKNOWN;
        while (wanted == Frames.UNKNOWN || have < wanted) {
            int n = socket.getInputStream().read(frame, have, wanted == Frames.UNKNOWN ? 1 : wanted - have);
            if (n < 0) {
                throw new EOFException("the end after " + have + " bytes");
            }
            have += n;
            wanted = wanted == Frames.UNKNOWN ? size.of(frame, 0, have) : wanted;
        }
        return Arrays.copyOf(frame, have);
    }

    static byte[] record(Socket socket, Layer layer) throws Exception {
        byte[] frame = frame(socket, (in, off, available) -> Frames.record(layer, in, off, available));
        return Arrays.copyOfRange(frame, 2, frame.length);
    }

    static void write(Socket socket, byte[]... parts) throws IOException {
        for (byte[] part : parts) {
            socket.getOutputStream().write(part);
        }
        socket.getOutputStream().flush();
    }

    /** True when the peer ends or resets the connection without another byte. */
    static boolean endsSilently(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }
}
