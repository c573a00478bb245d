package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client's SOCKS port, spoken to byte by byte (RFC 1928). Reads wait for 30 s at most. */
record SocksPort(int port) {
    static final int CONNECT = 1;
    static final int BIND = 2;
    static final int IPV4 = 1;
    static final int NAME = 3;

    /** What an application says first, and how many bytes answer that and its request. */
    static final byte[] GREETING = {5, 1, 0};

    static final int METHOD = 2;
    static final int REPLY = 10;

    private static final int PATIENCE_MILLIS = 30_000;

    /** A connection to a server; fails the test if the reply is not success. */
    Socket connect(String server) throws IOException {
        Socket socket = open(port);
        assertEquals(0, request(socket, CONNECT, NAME, name(server)), server + " through SOCKS");
        return socket;
    }

    /** The reply's code for a server. */
    int reply(String server) throws IOException {
        return reply(CONNECT, NAME, name(server));
    }

    /** The reply's code for any request. */
    int reply(int command, int addressType, byte[] address) throws IOException {
        try (Socket socket = open(port)) {
            return request(socket, command, addressType, address);
        }
    }

    /** The reply's code for a server, on a connection that stays open. */
    static int request(Socket socket, String server) throws IOException {
        return request(socket, CONNECT, NAME, name(server));
    }

    /** A plain connection to a port of 127.0.0.1. */
    static Socket open(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    private static byte[] name(String server) {
        byte[] text = server.getBytes(StandardCharsets.US_ASCII);
        byte[] address = new byte[1 + text.length];
        address[0] = (byte) text.length;
        System.arraycopy(text, 0, address, 1, text.length);
        return address;
    }

    private static int request(Socket socket, int command, int type, byte[] address) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        socket.getOutputStream().write(GREETING);
        assertEquals(0x0500, in.readUnsignedShort(), "SOCKS method");
        socket.getOutputStream().write(request(command, type, address));
        byte[] reply = in.readNBytes(REPLY);
        assertEquals(REPLY, reply.length, "bytes of the SOCKS reply");
        assertEquals(5, reply[0]);
        return reply[1];
    }

    /** What asks for a server. */
    static byte[] request(String server) {
        return request(CONNECT, NAME, name(server));
    }

    private static byte[] request(int command, int type, byte[] address) {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(new byte[] {5, (byte) command, 0, (byte) type});
        request.writeBytes(address);
        request.writeBytes(new byte[] {0, 80});
        return request.toByteArray();
    }
}
