package dev.tcprelay.relay;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Passes connections on to a port of this machine, and holds back what a test wants to be under way. */
final class Gate implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final int to;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private Hold hold = Hold.NOTHING;
    private int losses;

    /** What waits here. */
    enum Hold {
        NOTHING,
        /** All that goes to whoever has dialled. */
        ANSWERS,
        /** What whoever has dialled says after an answer that has passed since. */
        WHAT_FOLLOWS_AN_ANSWER
    }

    /** What may end by a connection that is lost. */
    private interface Task {
        void run() throws IOException;
    }

    Gate(int to) throws IOException {
        this.to = to;
        start(() -> {
            while (true) {
                pass(listener.accept());
            }
        });
    }

    private static void start(Task task) {
        var thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (IOException e) {
                        // The connection, or the gate, is closed.
                    }
                },
                "gate");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return listener.getLocalPort();
    }

    synchronized void hold(Hold what) {
        hold = what;
    }

    /** What is held back is lost, and its connections are reset. From now on all passes. */
    synchronized void lose() {
        hold = Hold.NOTHING;
        losses++;
        notifyAll();
    }

    private void pass(Socket dialler) throws IOException {
        var dialled = new Socket(InetAddress.getLoopbackAddress(), to);
        sockets.addAll(List.of(dialler, dialled));
        var connection = new Connection();
        start(() -> pass(dialler, dialled, connection::question));
        start(() -> pass(dialled, dialler, connection::answer));
    }

    private static void pass(Socket from, Socket into, Task before) throws IOException {
        byte[] some = new byte[65_536];
        try {
            for (int n = from.getInputStream().read(some);
                    n >= 0;
                    n = from.getInputStream().read(some)) {
                before.run();
                into.getOutputStream().write(some, 0, n);
            }
            into.shutdownOutput();
        } catch (IOException reset) {
            for (Socket each : List.of(from, into)) {
                each.setSoLinger(true, 0);
                each.close();
            }
        }
    }

    /** One that passes, and what is to wait of it. */
    private final class Connection {
        private boolean answered;

        void question() throws IOException {
            synchronized (Gate.this) {
                await(hold == Hold.WHAT_FOLLOWS_AN_ANSWER && answered);
            }
        }

        void answer() throws IOException {
            synchronized (Gate.this) {
                await(hold == Hold.ANSWERS);
                answered = hold == Hold.WHAT_FOLLOWS_AN_ANSWER;
            }
        }

        private void await(boolean held) throws IOException {
            int before = losses;
            try {
                while (held && losses == before) {
                    Gate.this.wait();
                }
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            if (held) {
                throw new IOException("lost");
            }
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket each : sockets) {
            each.close();
        }
        lose();
    }
}
