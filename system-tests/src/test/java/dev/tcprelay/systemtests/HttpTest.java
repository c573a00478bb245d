package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** curl and nginx, through all doors of a client. */
class HttpTest {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static final String PAGE = "a page of nginx\n".repeat(1000);
    private static final int REQUESTS = 200;

    private static int proxy;
    private static int forward;

    @BeforeAll
    static void aSiteBehindASkeleton() throws Exception {
        int nginx = nginx();
        Network network = Network.shared();
        network.expose("web", "127.0.0.1:" + nginx);
        proxy = Ports.free();
        forward = Ports.free();
        network.clientWith("--socks", "" + proxy, "--forward", forward + ":web");
    }

    private static int nginx() throws Exception {
        int port = Ports.free();
        Path place = STAGE.directory("nginx");
        Files.writeString(place.resolve("page"), PAGE);
        Path config = Files.writeString(
                place.resolve("nginx.conf"), """
                user %4$s;
                daemon off;
                master_process off;
                pid %1$s/pid;
                error_log stderr;
                events { worker_connections 500; }
                http {
                  access_log off;
                  client_body_temp_path %1$s/body;
                  proxy_temp_path %1$s/proxy;
                  fastcgi_temp_path %1$s/fastcgi;
                  uwsgi_temp_path %1$s/uwsgi;
                  scgi_temp_path %1$s/scgi;
                  keepalive_requests 10000;
                  server { listen 127.0.0.1:%2$d; root %3$s; default_type text/plain; }
                }
                """.formatted(place, port, place, System.getProperty("user.name")));
        Program nginx = STAGE.start(
                Invocation.of("/usr/sbin/nginx", "-e", "stderr", "-p", place.toString(), "-c", config.toString()));
        Eventually.within(
                20,
                "nginx answers",
                () -> STAGE.run(Invocation.of("curl", "-s", "-o", "/dev/null", "http://127.0.0.1:" + port + "/page"))
                                .code()
                        == 0);
        assertEquals(true, nginx.process().isAlive());
        return port;
    }

    @Test
    void throughSocksByIdAndByIdDotRelay() throws Exception {
        assertEquals(PAGE.strip(), curl("--proxy", socks(), "http://web/page"));
        assertEquals(PAGE.strip(), curl("--proxy", socks(), "http://web.relay/page"));
        assertEquals(PAGE.strip(), curl("--proxy", socks(), "http://WEB.Relay./page"));
    }

    @Test
    void throughHttpConnect() throws Exception {
        assertEquals(PAGE.strip(), curl("-p", "--proxy", "http://127.0.0.1:" + proxy, "http://web/page"));
    }

    @Test
    void throughAForward() throws Exception {
        assertEquals(PAGE.strip(), curl("http://127.0.0.1:" + forward + "/page"));
    }

    @Test
    void twoHundredRequestsOnOneConnection() throws Exception {
        assertEquals(1, connections("--proxy", socks(), "http://web/page?[1-" + REQUESTS + "]"));
        assertEquals(1, connections("http://127.0.0.1:" + forward + "/page?[1-" + REQUESTS + "]"));
    }

    @Test
    void twoHundredConnectionsOneAfterTheOther() throws Exception {
        String close = "Connection: close";
        assertEquals(REQUESTS, connections("-H", close, "--proxy", socks(), "http://web/page?[1-" + REQUESTS + "]"));
    }

    @Test
    void twoHundredConnectionsFiftyAtATime() throws Exception {
        String close = "Connection: close";
        String[] parallel = {"--parallel", "--parallel-immediate", "--parallel-max", "50", "-H", close};
        List<String> arguments = new ArrayList<>(List.of(parallel));
        arguments.addAll(List.of("--proxy", socks(), "http://web/page?[1-" + REQUESTS + "]"));
        assertEquals(REQUESTS, connections(arguments.toArray(String[]::new)));
    }

    private static String socks() {
        return "socks5h://127.0.0.1:" + proxy;
    }

    private static String curl(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("curl", "-sS", "--max-time", "60"));
        Collections.addAll(command, arguments);
        return STAGE.run(Invocation.of(command.toArray(String[]::new)))
                .succeeds()
                .out();
    }

    /** Checks that all requests brought the whole page; returns how many connections curl made for them. */
    private static long connections(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of("-w", "%{http_code} %{size_download} %{num_connects}\\n"));
        Path nowhere = Path.of("/dev/null");
        Collections.addAll(all, "-o", nowhere.toString());
        Collections.addAll(all, arguments);
        List<String> lines = curl(all.toArray(String[]::new)).lines().toList();
        assertEquals(REQUESTS, lines.size());
        long connections = 0;
        for (String line : lines) {
            String[] fields = line.split(" ");
            assertEquals("200 " + PAGE.length(), fields[0] + " " + fields[1], line);
            connections += Long.parseLong(fields[2]);
        }
        return connections;
    }
}
