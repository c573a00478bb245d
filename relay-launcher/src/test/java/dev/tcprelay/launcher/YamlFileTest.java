package dev.tcprelay.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.channel.SettingsProblem;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class YamlFileTest {
    private static YamlFile yaml(String text) {
        return YamlFile.parse("f.yaml", text, Map.of("PORT", "7000", "TEXT", "a: [b"));
    }

    private static List<String> problems(String text) {
        return yaml(text).problems().stream().map(FileProblem::toString).toList();
    }

    private static String place(YamlFile yaml, String path) {
        FileProblem problem = yaml.locate(path, "x");
        return problem.line() + ":" + problem.column();
    }

    @Test
    void convertsEveryType() {
        YamlFile yaml = yaml("""
                text: web
                quoted: '7000'
                number: 7000
                huge: 9223372036854775807
                float: 1.5
                round: 1e3
                yes: true
                no: 'false'
                nothing:
                null: null
                list: [a, {b: 1}]
                deep: {x: {y: z}}
                tagged: !!str 12
                norway: no
                home: ~
                """);
        assertEquals(List.of(), yaml.problems());
        assertEquals(new JsonObject("""
                        {"text":"web","quoted":"7000","number":7000,"huge":9223372036854775807,"float":1.5,"round":1000,
                        "yes":true,"no":"false","nothing":null,"null":null,"list":["a",{"b":1}],"deep":{"x":{"y":"z"}},
                        "tagged":"12","norway":"no","home":"~"}"""), yaml.json());
    }

    @Test
    void readsJsonToo() {
        YamlFile yaml = yaml("{\n\t\"a\": {\"b\": [1, true]}\n}");
        assertEquals(List.of(), yaml.problems());
        assertEquals(new JsonObject("{\"a\":{\"b\":[1,true]}}"), yaml.json());
        assertEquals("2:14", place(yaml, "a.b[0]"));
    }

    @Test
    void knowsWhereEverythingStands() {
        YamlFile yaml = yaml("""
                verticles:
                  - verticle: relay
                    config:
                      listen: ["a", {port: 1,
                         "www.x": 2}]
                  -
                    - nested
                """);
        assertEquals("1:1", place(yaml, "verticles"));
        assertEquals("2:5", place(yaml, "verticles[0]"));
        assertEquals("2:5", place(yaml, "verticles[0].verticle"));
        assertEquals("4:7", place(yaml, "verticles[0].config.listen"));
        assertEquals("4:16", place(yaml, "verticles[0].config.listen[0]"));
        assertEquals("4:22", place(yaml, "verticles[0].config.listen[1].port"));
        assertEquals("5:10", place(yaml, "verticles[0].config.listen[1].\"www.x\""));
        assertEquals("7:7", place(yaml, "verticles[1][0]"));
    }

    @Test
    void placesWhatIsMissingAtTheNearestThingThatIsThere() {
        YamlFile yaml = yaml("a:\n  b: 1\nc: {}\n");
        assertEquals("1:1", place(yaml, "a.x.y[3]"));
        assertEquals("3:1", place(yaml, "c.\"z.z\""));
        assertEquals("1:1", place(yaml, "none"));
        assertEquals("f.yaml: x", yaml("# empty\n").locate("none", "x").toString());
    }

    @Test
    void putsVariablesIntoScalarsAndNeverIntoStructure() {
        YamlFile yaml =
                yaml("port: ${PORT}\nquoted: \"${PORT}\"\ntext: ${TEXT}\ndflt: ${NONE:-5s}\nflag: ${NONE:-true}\n"
                        + "plain: $${PORT}\n${PORT}: key\n");
        assertEquals(List.of(), yaml.problems());
        assertEquals(
                new JsonObject()
                        .put("port", 7000L)
                        .put("quoted", "7000")
                        .put("text", "a: [b")
                        .put("dflt", "5s")
                        .put("flag", true)
                        .put("plain", "${PORT}")
                        .put("${PORT}", "key"),
                yaml.json());
    }

    @Test
    void placesAnUnsetVariableAndNothingThatFollowsFromIt() {
        YamlFile yaml = yaml("a:\n  - x\n  - port: ${NONE}\n");
        assertEquals(
                "[f.yaml:3:11: a[1].port: the environment variable NONE is not set; set it, or write ${NONE:-default}]",
                yaml.problems().toString());
        List<SettingsProblem> found = List.of(
                new SettingsProblem("a[1].port", "expected a number, found text", null),
                new SettingsProblem("a[0]", "expected a group of keys, found text", null));
        assertEquals(
                "[f.yaml:2:5: a[0]: expected a group of keys, found text]",
                yaml.locate(found).toString());
    }

    @Test
    void refusesDuplicateKeys() {
        assertEquals(
                List.of("f.yaml:3:3: a.b: duplicate key; it stands on line 2 already"),
                problems("a:\n  b: 1\n  b: 2\n"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a: [1, 2|f.yaml:1:9:",
                "a: 'x|f.yaml:1:6:",
                "a:\\n\\tb: 1|f.yaml:2:1:",
                "a: b: c|f.yaml:1:5:",
                "a: *none|f.yaml:1:4:",
                "a: 1\\n---\\nb: 2|f.yaml:2:1:",
                "a: \\7|f.yaml:1:4:",
                "a: 1\\nb: x\\0|f.yaml:2:5:",
                "[1]|f.yaml:1:1:",
                "text|f.yaml:1:1:",
                "a: !!set {b}|f.yaml:1:4:",
                "a: !own x|f.yaml:1:4:",
                "a: !!int '1'|f.yaml:1:4:",
                "a: .nan|f.yaml:1:4:",
                "a: 1e999999999|f.yaml:1:4:",
                "? [a]\\n: b|f.yaml:1:3:"
            })
    void placesMistakesOfSyntax(String text, String place) {
        List<String> problems = problems(text.translateEscapes());
        assertEquals(1, problems.size(), problems::toString);
        assertTrue(problems.get(0).startsWith(place + " "), problems::toString);
    }

    @Test
    void takesAFewAliases() {
        YamlFile yaml = yaml("a: &x {p: 1}\nb: *x\n");
        assertEquals(new JsonObject("{\"a\":{\"p\":1},\"b\":{\"p\":1}}"), yaml.json());
        assertEquals(List.of(), yaml.problems());
    }

    /** A file of aliases to aliases does not use up memory, time or the stack. */
    @Test
    void refusesAliasBombs() {
        StringBuilder doubling = new StringBuilder("a0: &a0 [x]\n");
        for (int i = 1; i <= 45; i++) {
            doubling.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
        }
        assertEquals(
                List.of("f.yaml:1:1: aliases of aliases make this file too large"),
                problems(doubling.toString()).stream()
                        .map(p -> p.replaceFirst("f.yaml:\\d+:\\d+", "f.yaml:1:1"))
                        .toList());
        assertTrue(problems("a: &a [" + "*a,".repeat(150) + "]").get(0).endsWith("more than 100 aliases"));
        assertTrue(problems("a: &a\n  b: *a\n").get(0).endsWith("aliases of aliases make this file too large"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{a: ", "- ", "? "})
    void refusesDeepNestingBeforeTheStackOverflows(String opening) {
        List<String> problems = problems("a: \n " + opening.repeat(100_000));
        assertEquals(1, problems.size());
        assertTrue(problems.get(0).contains("nested deeper than 50 levels"), problems::toString);
    }
}
