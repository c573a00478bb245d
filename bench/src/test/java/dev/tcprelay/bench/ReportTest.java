package dev.tcprelay.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

/** The names that others read by, and the numbers behind them. */
class ReportTest {
    private static final Machine QUIET = new Machine("a <fast> CPU", 2, 1 << 30, "Linux 6", "cubic", "17", 0.1, 0.01);
    private static final Machine NOISY = new Machine("a CPU", 2, 1 << 30, "Linux 6", "cubic", "17", 9, 0.9);

    private final Figures figures = new Figures();

    @BeforeEach
    void measured() {
        for (double value : new double[] {20, 10, 15}) {
            figures.add("bulk.1", "direct", "gbps", value);
            figures.add("bulk.1", "relay", "gbps", value / 3);
            figures.add("bulk.1", "relay-two-nodes", "gbps", value / 4);
        }
        Map<String, Double> cpu = new LinkedHashMap<>();
        cpu.put("relay", 0.5);
        cpu.put("client", 1.0);
        cpu.put(Way.ENDS, 4.0);
        figures.addCpu("bulk.1", "relay", "cpu_s_per_gib", cpu);
        figures.add("bulk.8", "haproxy", "gbps", 7);
        figures.fail("bulk.8", "ssh", new IOException("no route"));
        figures.fail("bulk.8", "bore", new IOException("no time"));
        figures.fail("bulk.8", "frp-tcp", new IOException("no route"));
    }

    private JsonObject json() {
        return new Report(QUIET, new JsonObject(), figures).json();
    }

    private static double number(JsonObject json, String path) {
        JsonObject at = json;
        String[] parts = path.split("\\.", -1);
        for (int i = 0; i < parts.length - 1; i++) {
            at = at.getJsonObject(parts[i]);
        }
        return at.getDouble(parts[parts.length - 1]);
    }

    private static String printed(Machine machine, Figures figures) {
        var bytes = new ByteArrayOutputStream();
        new Report(machine, new JsonObject(), figures).print(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aFigureIsFoundByCaseContenderAndMetric() {
        assertEquals(5, number(json(), "bulk.1.relay.gbps"));
        assertEquals(15, number(json(), "bulk.1.direct.gbps"));
        assertEquals(7, number(json(), "bulk.8.haproxy.gbps"));
    }

    @Test
    void theRatioIsToDirectAndAbsentWithoutIt() {
        assertEquals(1 / 3.0, number(json(), "bulk.1.relay.ratio"), 1e-9);
        JsonObject bulk = json().getJsonObject("bulk");
        assertFalse(bulk.getJsonObject("1").getJsonObject("direct").containsKey("ratio"));
        assertFalse(bulk.getJsonObject("8").getJsonObject("haproxy").containsKey("ratio"));
    }

    @Test
    void theCpuOfAllProcessesIsWithoutTheEnds() {
        assertEquals(1.5, number(json(), "bulk.1.relay.cpu_s_per_gib"));
        assertEquals(0.5, number(json(), "bulk.1.relay.relay_cpu_s_per_gib"));
        assertEquals(4, number(json(), "bulk.1.relay.ends_cpu_s_per_gib"));
    }

    @Test
    void allRoundsAreThereInTheirOrder() {
        JsonObject direct = json().getJsonObject("bulk").getJsonObject("1").getJsonObject("direct");
        assertEquals(
                new JsonArray("[20.0,10.0,15.0]"),
                direct.getJsonObject("rounds").getJsonArray("gbps"));
    }

    @Test
    void theExtraHopIsTwoNodesBesideOne() {
        assertEquals(0.75, json().getJsonObject("extra_hop").getDouble("bulk.1.gbps"), 1e-9);
        assertTrue(printed(QUIET, figures).contains("extra hop: bulk.1.gbps 0.75 x relay"));
    }

    @Test
    void whatFailedIsTold() {
        assertEquals(
                "no route",
                json().getJsonObject("failures").getJsonObject("bulk.8").getString("ssh"));
        assertTrue(printed(QUIET, figures).contains("failed: bulk.8 ssh, frp-tcp: no route"));
    }

    @Test
    void aNoisyMachineIsNamedSo() {
        assertTrue(printed(NOISY, figures).contains("NOT quiet"));
        assertFalse(printed(QUIET, figures).contains("NOT quiet"));
        assertTrue(json().getJsonObject("machine").getBoolean("quiet"));
    }

    @Test
    void tailsAreToldOnlyWhereTheRoundsAgree() {
        for (double value : new double[] {100, 101, 200}) {
            figures.add("ping-pong.1", "direct", "p50_us", value);
            figures.add("ping-pong.1", "direct", "p99_us", value);
            figures.add("ping-pong.1", "relay", "p99_us", 100);
        }
        assertFalse(figures.metrics("ping-pong.1", "direct").containsKey("p99_us"));
        assertTrue(figures.metrics("ping-pong.1", "direct").containsKey("p50_us"));
        assertTrue(figures.metrics("ping-pong.1", "relay").containsKey("p99_us"));
    }

    @Test
    void thePlotIsXmlWithABarForEachContender() throws Exception {
        String svg = Plot.of(QUIET, figures);
        Document document =
                DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
        assertEquals("svg", document.getDocumentElement().getTagName());
        assertEquals(4, document.getElementsByTagName("line").getLength());
        assertTrue(svg.contains("a &lt;fast&gt; CPU"));
        double direct = width(document, 1);
        assertEquals(direct / 3, width(document, 2), 0.2);
    }

    @Test
    void thePlotShowsWhatOneMoreCosts() throws Exception {
        for (int tunnels : new int[] {1000, 4000, 8000}) {
            figures.add("idle." + tunnels, "relay", "resident_bytes", 5000);
            figures.add("idle." + tunnels, "ssh", "resident_bytes", tunnels);
        }
        figures.addCpu("bulk.8", "relay", "cpu_s_per_gib", Map.of("relay", 1.5));
        Document document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(Plot.of(QUIET, figures))));
        assertEquals(3, document.getElementsByTagName("polyline").getLength());
        assertEquals(1, heights(document, 0).stream().distinct().count(), "the cost of a stream stays");
        assertEquals(1, heights(document, 1).stream().distinct().count(), "the cost of a tunnel stays");
        List<Double> ssh = heights(document, 2);
        assertTrue(ssh.get(0) > ssh.get(1) && ssh.get(1) > ssh.get(2), "higher costs stand higher: " + ssh);
    }

    private static List<Double> heights(Document document, int course) {
        String points = document.getElementsByTagName("polyline")
                .item(course)
                .getAttributes()
                .getNamedItem("points")
                .getNodeValue();
        return Stream.of(points.split(" ", -1))
                .map(point -> Double.valueOf(point.substring(point.indexOf(',') + 1)))
                .toList();
    }

    /** The first rectangle is the paper. */
    private static double width(Document document, int number) {
        return Double.parseDouble(document.getElementsByTagName("rect")
                .item(number)
                .getAttributes()
                .getNamedItem("width")
                .getNodeValue());
    }
}
