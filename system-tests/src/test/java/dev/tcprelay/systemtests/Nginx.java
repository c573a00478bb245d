package dev.tcprelay.systemtests;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * An nginx that serves the files of a directory.
 *
 * @param address where it listens: {@code 127.0.0.1:PORT} or {@code unix:PATH}
 * @param root the directory
 */
record Nginx(String address, Path root) {
    /** Returns when it answers. */
    static Nginx start(Stage stage) throws Exception {
        int port = Ports.free();
        Path place = stage.directory("nginx");
        Nginx nginx = new Nginx("127.0.0.1:" + port, Files.createDirectory(place.resolve("files")));
        Ports.awaitOpen(port, nginx.run(stage, place));
        return nginx;
    }

    /** The same on a Unix socket, in a directory whose name is short enough for one. */
    static Nginx startOnSocket(Stage stage) throws Exception {
        Path place = stage.directory("nginx-on-socket");
        Path shortNamed = Files.createTempDirectory("nginx");
        stage.keep(() -> Files.delete(shortNamed));
        Path socket = shortNamed.resolve("socket");
        Nginx nginx = new Nginx("unix:" + socket, Files.createDirectory(place.resolve("files")));
        Program unused = nginx.run(stage, place);
        Eventually.within(30, "nginx has made " + socket, () -> Files.exists(socket));
        return nginx;
    }

    private Program run(Stage stage, Path place) throws Exception {
        Path config = Files.writeString(
                place.resolve("nginx.conf"), """
                user %1$s;
                daemon off;
                master_process off;
                pid %2$s/pid;
                error_log stderr;
                events { worker_connections 500; }
                http {
                  access_log off;
                  client_body_temp_path %2$s/body;
                  proxy_temp_path %2$s/proxy;
                  fastcgi_temp_path %2$s/fastcgi;
                  uwsgi_temp_path %2$s/uwsgi;
                  scgi_temp_path %2$s/scgi;
                  keepalive_requests 10000;
                  default_type text/plain;
                  types { text/html html; text/css css; text/javascript js; image/png png; }
                  server { listen %3$s; root %4$s; }
                }
                """.formatted(System.getProperty("user.name"), place, address, root));
        return stage.start(
                Invocation.of("/usr/sbin/nginx", "-e", "stderr", "-p", place.toString(), "-c", config.toString()));
    }

    void add(String name, String text) throws Exception {
        Files.writeString(root.resolve(name), text);
    }
}
