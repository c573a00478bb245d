package dev.tcprelay.systemtests;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;

/**
 * A stream of bytes that is made as it is read, so that it needs no memory. No two of its blocks are equal: one that
 * is lost, repeated or out of order changes the checksum.
 *
 * @param length in bytes
 * @param sha256 in hex
 */
record Content(long length, String sha256) {
    private static final int BLOCK = 64 * 1024;

    /** The first bytes of the generated stream. */
    static Content generated(long length) {
        MessageDigest digest = digest();
        try (OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
            write(out, length);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return of(length, digest);
    }

    static byte[] bytes(int length) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(length);
        try {
            write(out, length);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return out.toByteArray();
    }

    static void write(OutputStream out, long length) throws IOException {
        byte[] block = new byte[BLOCK];
        new Random(7).nextBytes(block);
        ByteBuffer number = ByteBuffer.wrap(block);
        for (long done = 0; done < length; done += BLOCK) {
            number.putLong(0, done);
            out.write(block, 0, (int) Math.min(BLOCK, length - done));
        }
    }

    /** What comes until the end of the stream; a reset is an exception. */
    static Content read(InputStream in) throws IOException {
        MessageDigest digest = digest();
        byte[] block = new byte[BLOCK];
        long length = 0;
        for (int n = in.read(block); n >= 0; n = in.read(block)) {
            digest.update(block, 0, n);
            length += n;
        }
        return of(length, digest);
    }

    private static Content of(long length, MessageDigest digest) {
        return new Content(length, HexFormat.of().formatHex(digest.digest()));
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
