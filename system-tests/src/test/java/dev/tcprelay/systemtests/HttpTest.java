package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.OutputStream;
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
    private static final long BIG = 256L << 20;

    private static Nginx nginx;
    private static int proxy;
    private static int forward;

    @BeforeAll
    static void aSiteBehindASkeleton() throws Exception {
        nginx = Nginx.start(STAGE);
        nginx.add("page", PAGE);
        Network network = Network.shared();
        network.expose("web", nginx.address());
        proxy = Ports.free();
        forward = Ports.free();
        network.clientWith("--socks", "" + proxy, "--forward", forward + ":web");
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

    /** More than the processes between could keep in memory: the server has to wait for the client. */
    @Test
    void aClientThatReadsSlowly() throws Exception {
        Path big = nginx.root().resolve("big");
        try (OutputStream out = Files.newOutputStream(big)) {
            Content.write(out, BIG);
        }
        Path fetched = STAGE.file("fetched");
        curl("--limit-rate", "32M", "-o", fetched.toString(), "http://127.0.0.1:" + forward + "/big");
        assertEquals(-1, Files.mismatch(big, fetched), "where the file differs");
        Files.delete(big);
        Files.delete(fetched);
    }

    private static String socks() {
        return "socks5h://127.0.0.1:" + proxy;
    }

    private static String curl(String... arguments) throws Exception {
        return STAGE.run(Invocation.of("curl", "-sS", "--max-time", "60").and(arguments))
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
