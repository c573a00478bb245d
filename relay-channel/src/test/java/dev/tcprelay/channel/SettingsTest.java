package dev.tcprelay.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.protocol.files.HostPort;
import dev.tcprelay.protocol.files.ServerId;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
    /** For choices. */
    enum Mode {
        GROUP,
        EXCLUSIVE,
        NOT_AT_ALL
    }

    private static Settings settings(String json) {
        return Settings.of(new JsonObject(json.replace('\'', '"')));
    }

    private static List<String> problems(String json, Consumer<Settings> reader) {
        Settings settings = settings(json);
        reader.accept(settings);
        return assertThrows(SettingsException.class, settings::finish).problems().stream()
                .map(SettingsProblem::toString)
                .toList();
    }

    @Test
    void readsEveryKindOfValue() {
        Settings root = settings("{'name':'n','limit':5,'on':true,'wait':'10 min','size':'64KiB','listen':'[::1]:7000',"
                + "'mode':'not-at-all','id':'web','inner':{'port':1},'servers':[{'id':'a'},{'id':'b'}],"
                + "'globs':['x*','y'],'named':{'www.a':{'port':2},'b':null},'free':{'any':[1]}}");
        assertEquals("n", root.text("name"));
        assertEquals(5, root.number("limit", 1, 0, 5));
        assertTrue(root.flag("on", false));
        assertEquals(Duration.ofMinutes(10), root.duration("wait", Duration.ofSeconds(1)));
        assertEquals(65_536, root.size("size", 1));
        assertEquals(new HostPort("::1", 7000), root.address("listen"));
        assertEquals(Mode.NOT_AT_ALL, root.choice("mode", Mode.GROUP, Mode.class));
        assertEquals(new ServerId("web"), root.parse("id", ServerId::of, new ServerId("none")));
        assertEquals(1, root.section("inner").port("port", 0));
        assertEquals(
                List.of("a", "b"),
                root.list("servers").stream().map(s -> s.text("id")).toList());
        assertEquals(List.of("x*", "y"), root.texts("globs"));
        assertEquals(List.of("www.a", "b"), List.copyOf(root.entries("named").keySet()));
        assertEquals(2, root.entries("named").get("www.a").port("port", 0));
        assertEquals(3, root.entries("named").get("b").port("port", 3));
        assertEquals(new JsonObject("{\"any\":[1]}"), root.raw("free"));
        root.finish();
    }

    @Test
    void takesDefaultsForWhatIsAbsent() {
        Settings root = settings("{'empty':null}");
        assertEquals("d", root.text("a", "d"));
        assertNull(root.optionalText("b"));
        assertEquals(7, root.number("c", 7, 0, 9));
        assertFalse(root.flag("d", false));
        assertEquals(Duration.ofSeconds(3), root.duration("e", Duration.ofSeconds(3)));
        assertEquals(9, root.size("f", 9));
        assertEquals(new HostPort("h", 1), root.address("g", new HostPort("h", 1)));
        assertEquals(Mode.GROUP, root.choice("h", Mode.GROUP, Mode.class));
        assertNull(root.optional("i", ServerId::of));
        assertNull(root.optionalPath("j"));
        assertEquals(List.of(), root.list("k"));
        assertEquals(0, root.section("empty").port("x", 0));
        root.finish();
    }

    @Test
    void collectsAllProblemsWithTheirPaths() {
        List<String> problems = problems(
                "{'listen':'nowhere','limit':70000,'half':1.5,'servers':[{'id':'web','tarjet':'h:1'},{'id':7},'x'],'speling':1}",
                root -> {
                    root.address("listen");
                    root.number("limit", 1, 0, 65_535);
                    root.number("half", 1, 0, 9);
                    root.list("servers").forEach(server -> {
                        server.parse("id", ServerId::of, new ServerId("none"));
                        server.address("target", new HostPort("localhost", 80));
                    });
                    root.text("spelling", "");
                    root.reject("listen", "taken");
                });
        assertEquals(
                List.of(
                        "listen: an address is host:port; the port is missing",
                        "limit: expected a whole number from 0 to 65535",
                        "half: expected a whole number from 0 to 9",
                        "servers[2]: expected a group of keys, found text",
                        "servers[1].id: expected text, found a number",
                        "listen: taken",
                        "speling: unknown key; did you mean spelling?",
                        "servers[0].tarjet: unknown key; did you mean target?"),
                problems);
    }

    @Test
    void saysWhatIsMissing() {
        assertEquals(
                List.of("a: missing", "b: missing", "c: missing", "d: empty", "s.x: missing"),
                problems("{'d':''}", root -> {
                    root.text("a");
                    root.address("b");
                    root.path("c");
                    root.text("d");
                    root.section("s").text("x");
                    root.section("s").finish();
                }));
    }

    @Test
    void saysWhichTypeWasExpectedAndWhichFound() {
        assertEquals(
                List.of(
                        "a: expected text, found a number",
                        "b: expected a number, found text",
                        "c: expected true or false, found text",
                        "d: expected a duration such as 30s (ms, s, min, h, d), found a number",
                        "e: expected a list, found text",
                        "f: expected a group of keys, found a list",
                        "g: expected text, found nothing",
                        "h[1]: expected text, found true or false",
                        "i.x: expected a group of keys, found a number"),
                problems(
                        "{'a':1,'b':'1','c':'yes','d':30,'e':'x','f':[],'g':null,'h':['a',true],'i':{'x':1}}", root -> {
                            root.text("a");
                            root.number("b", 0, 0, 1);
                            root.flag("c", false);
                            root.duration("d", Duration.ZERO);
                            root.texts("e");
                            root.section("f");
                            root.text("g", "");
                            root.texts("h");
                            root.entries("i");
                        }));
    }

    @ParameterizedTest
    @CsvSource({"500ms,500", "30s,30000", "1 s,1000", "10 min,600000", "2h,7200000", "3650d,315360000000"})
    void readsDurations(String text, long millis) {
        Settings root = Settings.of(new JsonObject().put("k", text));
        assertEquals(millis, root.duration("k", Duration.ZERO).toMillis());
        root.finish();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "s", "30", "30 ", "30  s", "-1s", "1.5s", "30S", "1m", "9999999999s", "0s", "4000d", "١s"})
    void refusesOtherDurations(String text) {
        Settings root = Settings.of(new JsonObject().put("k", text));
        root.duration("k", Duration.ofSeconds(1));
        assertThrows(SettingsException.class, root::finish);
    }

    @Test
    void namesTheLimitThatASizeBreaks() {
        assertEquals(
                List.of(
                        "a: expected at most 1MiB",
                        "b: expected at least 4KiB",
                        "c: expected a size such as 64KiB (B, KiB, MiB, GiB)"),
                problems("{'a':'2MiB','b':'4095B','c':'1MB'}", root -> {
                    root.size("a", 1, 0, 1 << 20);
                    root.size("b", 1, 4096, 1 << 20);
                    root.size("c", 1);
                }));
    }

    @Test
    void suggestsAChoiceWithoutRepeatingTheValue() {
        assertEquals(
                List.of("mode: expected group or exclusive or not-at-all; did you mean exclusive?"),
                problems("{'mode':'exlusive'}", root -> root.choice("mode", Mode.GROUP, Mode.class)));
    }

    @Test
    void startsRelativePathsAtTheDirectoryOfTheConfig() {
        Settings root = settings("{'directory':'/etc/relay','key':'../keys/a','abs':'/b','home':'~/c','users':'~x'}");
        assertEquals(Path.of("/etc/keys/a"), root.path("key"));
        assertEquals(Path.of("/b"), root.path("abs"));
        assertEquals(RelayHome.userHome(System.getenv()).resolve("c"), root.path("home"));
        assertEquals(Path.of("/etc/relay/~x"), root.path("users"));
        assertEquals(Path.of("/etc/relay/dflt"), root.path("none", Path.of("dflt")));
        root.finish();
        assertEquals(List.of("key: not a path"), problems("{'key':'\\u0000'}", r -> r.path("key")));
    }

    @Test
    void startsTheDirectoryItselfAtTheWorkingDirectory() {
        Settings root = settings("{'directory':'data','users':'users','inner':{'directory':'sub'}}");
        Path data = Path.of("data").toAbsolutePath();
        assertEquals(data, root.path("directory"));
        assertEquals(data.resolve("users"), root.path("users"));
        assertEquals(data.resolve("sub"), root.section("inner").path("directory"));
        root.finish();
    }

    @Test
    void reportsPathsOfTheFileThatTheConfigStandsIn() {
        Settings root = Settings.of(new JsonObject().put("x", 1), "verticles[0].config");
        assertEquals(
                "verticles[0].config.x: unknown key",
                assertThrows(SettingsException.class, root::finish).getMessage());
    }

    @Test
    void showsHostileKeysOnOneLineAndShortened() {
        JsonObject json = new JsonObject().put("a\n\u001b[2J\"", 1).put("x".repeat(1000), 1);
        String message =
                assertThrows(SettingsException.class, Settings.of(json)::finish).getMessage();
        assertEquals("\"a\\u000a\\u001b[2J\\u0022\": unknown key\n\"" + "x".repeat(64) + "...\": unknown key", message);
    }

    @Test
    void stopsCountingAtAHundredProblems() {
        JsonObject json = new JsonObject();
        for (int i = 0; i < 5000; i++) {
            json.put("k" + i, i);
        }
        List<SettingsProblem> problems =
                assertThrows(SettingsException.class, Settings.of(json)::finish).problems();
        assertEquals(101, problems.size());
        assertEquals(
                "more problems than 100; these are the first", problems.get(100).toString());
    }

    @ParameterizedTest
    @CsvSource({"servers[1].target,servers[1]", "servers[1],servers", "a,''", "a.\"b.c[0]\",a", "'',''"})
    void findsTheParentOfAPath(String path, String parent) {
        assertEquals(parent, SettingsPath.parent(path));
    }

    @ParameterizedTest
    @CsvSource({"lisetn,listen", "LISTEN,listen", "liste,listen", "xlisten,listen", "wholly-other,", "usr,users"})
    void suggestsTheNearestWord(String word, String nearest) {
        assertEquals(nearest, Suggestion.nearest(word, List.of("users", "listen", "grace")));
    }
}
