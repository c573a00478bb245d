package dev.tcprelay.protocol.wire;

import dev.tcprelay.protocol.files.FormatException;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.files.UserName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The fields of which messages consist (docs/protocol.md section 1). */
final class Fields {

    private Fields() {}

    static int u16(byte[] in, int at) {
        return (in[at] & 0xff) << 8 | (in[at + 1] & 0xff);
    }

    static void putU16(byte[] out, int at, int value) {
        out[at] = (byte) (value >>> 8);
        out[at + 1] = (byte) value;
    }

    static long u64(byte[] in, int at) {
        return ByteBuffer.wrap(in).getLong(at);
    }

    static void putU64(byte[] out, int at, long value) {
        ByteBuffer.wrap(out).putLong(at, value);
    }

    static byte[] part(byte[] in, int at, int length) {
        return Arrays.copyOfRange(in, at, at + length);
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] lp(byte[] value) {
        byte[] out = new byte[Layout.U16 + value.length];
        putU16(out, 0, value.length);
        System.arraycopy(value, 0, out, Layout.U16, value.length);
        return out;
    }

    static byte[] join(byte[]... parts) {
        int size = 0;
        for (byte[] part : parts) {
            size += part.length;
        }
        byte[] out = new byte[size];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, out, at, part.length);
            at += part.length;
        }
        return out;
    }

    /** Type byte, length and body of a frame that is not a record. */
    static byte[] frame(byte type, byte[] body) {
        return join(new byte[] {type}, lp(body));
    }

    /** Checks a field of zeros (rule M2), from {@code from} to before {@code to}. */
    static void requireZeros(byte[] in, int from, int to) throws ProtocolException {
        int seen = 0;
        for (int i = from; i < to; i++) {
            seen |= in[i];
        }
        if (seen != 0) {
            throw new ProtocolException("a field of zeros is not zero");
        }
    }

    static void requireLength(int actual, int wanted) throws ProtocolException {
        if (actual != wanted) {
            throw new ProtocolException("a message of the wrong length");
        }
    }

    static void putName(byte[] out, int at, String name) {
        byte[] ascii = ascii(name);
        out[at] = (byte) ascii.length;
        System.arraycopy(ascii, 0, out, at + 1, ascii.length);
    }

    static ServerId serverId(byte[] in, int at) throws ProtocolException {
        return serverId(name(in, at));
    }

    static ServerId serverId(String text) throws ProtocolException {
        try {
            return ServerId.of(text);
        } catch (FormatException e) {
            throw new ProtocolException("not a server id");
        }
    }

    static UserName userName(byte[] in, int at) throws ProtocolException {
        try {
            return UserName.of(name(in, at));
        } catch (FormatException e) {
            throw new ProtocolException("not a user name");
        }
    }

    /** A {@code name65} (rule M1) but for its characters; bytes above 127 become characters that no name has. */
    private static String name(byte[] in, int at) throws ProtocolException {
        int length = in[at] & 0xff;
        if (length < 1 || length > Layout.NAME) {
            throw new ProtocolException("a name of the wrong length");
        }
        requireZeros(in, at + 1 + length, at + Layout.NAME65);
        return new String(in, at + 1, length, StandardCharsets.ISO_8859_1);
    }
}
