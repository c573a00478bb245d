package dev.tcprelay.systemtests;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;

/** An echo server as a process of its own, which can be killed and stopped. */
final class EchoProgram {
    private EchoProgram() {}

    static Invocation at(int port) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classes = System.getProperty("java.class.path");
        return Invocation.of(java, "-Xmx64m", "-cp", classes, EchoProgram.class.getName(), "" + port);
    }

    /** @param arguments the port of 127.0.0.1 */
    public static void main(String[] arguments) throws Exception {
        ServerSocket listener = new ServerSocket(Integer.parseInt(arguments[0]), 50, InetAddress.getLoopbackAddress());
        System.out.println("ready");
        while (true) {
            Socket socket = listener.accept();
            Threads.start("echo", () -> {
                try (socket) {
                    socket.getInputStream().transferTo(socket.getOutputStream());
                }
            });
        }
    }
}
