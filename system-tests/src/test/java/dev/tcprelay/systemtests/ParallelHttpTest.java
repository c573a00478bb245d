package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** curl fetches a thousand pages of nginx, fifty at once; each is the one that it asked for, whole. */
class ParallelHttpTest {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static final int PAGES = 1000;
    private static final int AT_ONCE = 50;

    private static Nginx nginx;
    private static int proxy;
    private static int forward;

    @BeforeAll
    static void aSiteOfAThousandPages() throws Exception {
        nginx = Nginx.start(STAGE);
        for (int page = 1; page <= PAGES; page++) {
            nginx.add("" + page, ("a line of page " + page + "\n").repeat(3 * page));
        }
        Network network = Network.shared();
        network.expose("pages", nginx.address());
        proxy = Ports.free();
        forward = Ports.free();
        network.clientWith("--socks", "" + proxy, "--forward", forward + ":pages");
    }

    @Test
    void throughSocksWithAConnectionForEachRequest() throws Exception {
        assertEquals(PAGES, connections("http://pages/", "--proxy", socks(), "-H", "Connection: close"));
    }

    @Test
    void throughSocksWithConnectionsThatAreKept() throws Exception {
        assertTrue(connections("http://pages/", "--proxy", socks()) < 3 * AT_ONCE);
    }

    @Test
    void throughAForwardWithAConnectionForEachRequest() throws Exception {
        assertEquals(PAGES, connections("http://127.0.0.1:" + forward + "/", "-H", "Connection: close"));
    }

    @Test
    void throughAForwardWithConnectionsThatAreKept() throws Exception {
        assertTrue(connections("http://127.0.0.1:" + forward + "/") < 3 * AT_ONCE);
    }

    private static String socks() {
        return "socks5h://127.0.0.1:" + proxy;
    }

    /** Fetches all pages and compares them; returns how many connections curl made. */
    private static long connections(String site, String... options) throws Exception {
        Path fetched = Files.createTempDirectory(STAGE.file(""), "fetched");
        List<String> transfers = new ArrayList<>();
        for (int page = 1; page <= PAGES; page++) {
            transfers.add("url = \"" + site + page + "\"\noutput = \"" + fetched.resolve("" + page) + "\"");
        }
        Path config = Files.write(fetched.resolve("curl.conf"), transfers);
        Invocation curl = Invocation.of("curl", "-sS", "--fail", "--max-time", "60", "--config", config.toString())
                .and("--parallel", "--parallel-immediate", "--parallel-max", "" + AT_ONCE)
                .and("-w", "%{http_code} %{num_connects}\\n");
        List<String> lines =
                STAGE.run(curl.and(options)).succeeds().out().lines().toList();
        assertEquals(PAGES, lines.size());
        for (int page = 1; page <= PAGES; page++) {
            Path wanted = nginx.root().resolve("" + page);
            assertEquals(-1, Files.mismatch(wanted, fetched.resolve("" + page)), "where page " + page + " differs");
        }
        return lines.stream().mapToLong(ParallelHttpTest::connects).sum();
    }

    private static long connects(String line) {
        String[] fields = line.split(" ");
        assertEquals("200", fields[0], line);
        return Long.parseLong(fields[1]);
    }
}
