package dev.tcprelay.systemtests;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;

/** Ports for programs that must be told theirs. */
final class Ports {
    /** Below those that systems give to outgoing connections, so that none takes a port while its program restarts. */
    private static final int FIRST = 12_000;

    private static final int COUNT = 18_000;
    private static final Set<Integer> GIVEN = new HashSet<>();
    private static final Random RANDOM = new Random();

    private Ports() {}

    /** A port of 127.0.0.1 where nothing listens, and that was not given before. */
    static synchronized int free() {
        while (true) {
            int port = FIRST + RANDOM.nextInt(COUNT);
            if (!GIVEN.contains(port) && isFree(port)) {
                GIVEN.add(port);
                return port;
            }
        }
    }

    /** For servers that do not tell when they are ready: waits until this one accepts connections, 20 s at most. */
    static void awaitOpen(int port, Program server) throws Exception {
        Eventually.within(20, server + " listens on port " + port, () -> {
            if (!server.process().isAlive()) {
                throw new AssertionError("has ended: " + server);
            }
            return accepts(port);
        });
    }

    private static boolean accepts(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
