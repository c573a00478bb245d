package dev.tcprelay.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VariablesTest {
    private static final Map<String, String> ENVIRONMENT = Map.of("A", "1", "EMPTY", "", "TRAP", "${A}");

    private final List<String> problems = new ArrayList<>();

    private String expand(String text) {
        return new Variables(ENVIRONMENT).expand(text, problems::add);
    }

    @ParameterizedTest
    @CsvSource({
        "plain,plain",
        "${A},1",
        "x${A}${A}y,x11y",
        "${A:-2},1",
        "${NONE:-2},2",
        "${EMPTY:-2},2",
        "${EMPTY},''",
        "${NONE:-},''",
        "$${A},${A}",
        "$$${A},$${A}",
        "$A $,$A $",
        "${TRAP},${A}",
        "${NONE:-a:-b},a:-b"
    })
    void expands(String text, String expanded) {
        assertEquals(expanded, expand(text));
        assertEquals(List.of(), problems);
    }

    @Test
    void namesAnUnsetVariable() {
        expand("a ${SOME_NAME} b");
        assertEquals(
                List.of("the environment variable SOME_NAME is not set; set it, or write ${SOME_NAME:-default}"),
                problems);
    }

    @ParameterizedTest
    @ValueSource(strings = {"${", "${}", "${A", "${1A}", "${A-b}", "${A:-b", "${a b}"})
    void refusesOtherForms(String text) {
        assertEquals("", expand(text));
        assertEquals(List.of("a variable is written ${NAME} or ${NAME:-default}; a plain ${ is written $${"), problems);
    }

    @Test
    void refusesWhatBecomesTooLong() {
        Variables variables = new Variables(Map.of("BIG", "x".repeat(40_000)));
        assertEquals(40_000, variables.expand("${BIG}", problems::add).length());
        assertEquals(List.of(), problems);
        assertEquals("", variables.expand("${BIG}${BIG}", problems::add));
        assertEquals(List.of("longer than 65536 characters with its variables"), problems);
    }
}
