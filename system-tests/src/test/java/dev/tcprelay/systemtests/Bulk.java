package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;

/** The application's end of {@link Target#bulk}: much in one direction, with equal checksums at both ends. */
final class Bulk {
    private Bulk() {}

    /** Sends all of it; closes the connection. */
    static void up(Socket connection, Content content) throws IOException {
        try (connection) {
            DataOutputStream out = new DataOutputStream(new BufferedOutputStream(connection.getOutputStream()));
            out.writeLong(0);
            Content.write(out, content.length());
            out.flush();
            connection.shutdownOutput();
            DataInputStream in = new DataInputStream(connection.getInputStream());
            assertEquals(content, new Content(in.readLong(), in.readUTF()));
            assertEquals(-1, in.read());
        }
    }

    /** Receives all of it; closes the connection. */
    static void down(Socket connection, Content content) throws IOException {
        try (connection) {
            new DataOutputStream(connection.getOutputStream()).writeLong(content.length());
            assertEquals(content, Content.read(connection.getInputStream()));
        }
    }
}
