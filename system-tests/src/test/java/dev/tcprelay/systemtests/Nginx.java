package dev.tcprelay.systemtests;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * An nginx that serves the files of a directory.
 *
 * @param port of 127.0.0.1
 * @param root the directory
 */
record Nginx(int port, Path root) {
    /** Returns when it answers. */
    static Nginx start(Stage stage) throws Exception {
        Path place = stage.directory("nginx");
        Nginx nginx = new Nginx(Ports.free(), Files.createDirectory(place.resolve("files")));
        Path config = Files.writeString(place.resolve("nginx.conf"), """
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
                  server { listen 127.0.0.1:%3$d; root %4$s; }
                }
                """.formatted(
                        System.getProperty("user.name"), place, nginx.port, nginx.root));
        Program program = stage.start(
                Invocation.of("/usr/sbin/nginx", "-e", "stderr", "-p", place.toString(), "-c", config.toString()));
        Ports.awaitOpen(nginx.port, program);
        return nginx;
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    void add(String name, String text) throws Exception {
        Files.writeString(root.resolve(name), text);
    }
}
