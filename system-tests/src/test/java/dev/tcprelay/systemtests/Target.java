package dev.tcprelay.systemtests;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;

/** A small server behind a skeleton: each connection has a thread and what that does is its whole protocol. */
final class Target implements AutoCloseable {
    private final ServerSocket listener;
    private final AtomicInteger accepted = new AtomicInteger();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final BlockingQueue<Content> received = new LinkedBlockingQueue<>();

    /** One connection, from its beginning to its end; it is closed afterwards. */
    private interface Conversation {
        void hold(Socket socket, Target target) throws IOException;
    }

    private Target(Conversation conversation) throws IOException {
        this(conversation, 0);
    }

    private Target(Conversation conversation, int port) throws IOException {
        listener = new ServerSocket(port, 200, InetAddress.getLoopbackAddress());
        Threads.start("target " + port(), () -> {
            while (true) {
                Socket socket = listener.accept();
                accepted.incrementAndGet();
                sockets.add(socket);
                Threads.start("target " + port() + " connection", () -> serve(conversation, socket));
            }
        });
    }

    private void serve(Conversation conversation, Socket socket) throws IOException {
        try (socket) {
            conversation.hold(socket, this);
        } finally {
            sockets.remove(socket);
        }
    }

    /** Sends back what it gets, as it comes. */
    static Target echo() throws IOException {
        return echo(0);
    }

    /** The same on a port that is known. */
    static Target echo(int port) throws IOException {
        return new Target((socket, target) -> socket.getInputStream().transferTo(socket.getOutputStream()), port);
    }

    /** A mail server in small: greets first, then says goodbye to QUIT. */
    static Target mail() throws IOException {
        return new Target((socket, target) -> {
            socket.getOutputStream().write("220 mail.example ready\r\n".getBytes(StandardCharsets.US_ASCII));
            byte[] line = socket.getInputStream().readNBytes("QUIT\r\n".length());
            String reply = new String(line, StandardCharsets.US_ASCII).equals("QUIT\r\n") ? "221 bye" : "500 what?";
            socket.getOutputStream().write((reply + "\r\n").getBytes(StandardCharsets.US_ASCII));
        });
    }

    /** Reads to the end of the client's direction, and only then sends all of it back. */
    static Target replyAfterEnd() throws IOException {
        return new Target((socket, target) ->
                socket.getOutputStream().write(socket.getInputStream().readAllBytes()));
    }

    /** Sends that much and ends its direction at once, then reads on: see {@link #received}. */
    static Target endFirst(IntSupplier length) throws IOException {
        return new Target((socket, target) -> {
            Content.write(socket.getOutputStream(), length.getAsInt());
            socket.shutdownOutput();
            target.received.add(Content.read(socket.getInputStream()));
        });
    }

    /** Reads a length L; if positive, sends L bytes, else reads to the end and tells what came: length, checksum. */
    static Target bulk() throws IOException {
        return new Target((socket, target) -> {
            long length = new DataInputStream(socket.getInputStream()).readLong();
            if (length > 0) {
                Content.write(socket.getOutputStream(), length);
            } else {
                Content content = Content.read(socket.getInputStream());
                DataOutputStream out = new DataOutputStream(socket.getOutputStream());
                out.writeLong(content.length());
                out.writeUTF(content.sha256());
            }
        });
    }

    /** Sends this, waits for one byte, then resets. */
    static Target resetAfter(byte[] bytes) throws IOException {
        return new Target((socket, target) -> {
            socket.getOutputStream().write(bytes);
            socket.getInputStream().read();
            socket.setSoLinger(true, 0);
        });
    }

    /** An HTTP server that answers every request so and closes. */
    static Target http(String head, String body) throws IOException {
        return new Target((socket, target) -> {
            byte[] end = {0, 0, 0, 0};
            while (end[0] != '\r' || end[1] != '\n' || end[2] != '\r' || end[3] != '\n') {
                System.arraycopy(end, 1, end, 0, 3);
                end[3] = (byte) socket.getInputStream().read();
            }
            String reply = "HTTP/1.1 " + head + "\r\nContent-Length: " + body.length() + "\r\nConnection: close\r\n\r\n"
                    + body;
            socket.getOutputStream().write(reply.getBytes(StandardCharsets.US_ASCII));
        });
    }

    int port() {
        return listener.getLocalPort();
    }

    String address() {
        return "127.0.0.1:" + port();
    }

    /** How many connections it has seen. */
    int accepted() {
        return accepted.get();
    }

    /** What the next connection that ended had received; fails the test after 30 s. */
    Content received() throws InterruptedException {
        Content content = received.poll(30, TimeUnit.SECONDS);
        if (content == null) {
            throw new AssertionError("the target's connection did not end");
        }
        return content;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
