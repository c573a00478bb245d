package dev.tcprelay.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.event.KeyValuePair;

/** Which format and level a command has, and how its lines look, to the byte. */
class LogTest extends CommandTest {
    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "psk new web,                                         -,    -,     TEXT, WARN",
                "expose,                                              -,    -,     TEXT, WARN",
                "run /no/such/file,                                   -,    -,     TEXT, INFO",
                "run /no/such/file,                                   json, error, JSON, ERROR",
                "run --log-format text --log-level debug /no/such,    json, error, TEXT, DEBUG",
                "--log-format=json --log-level=TRACE run /no/such,    -,    -,     JSON, TRACE",
                "psk new web --log-level info,                        json, -,     JSON, INFO",
                "user list --users /no/such --log-format json,        -,    debug, JSON, DEBUG",
            })
    void optionsWinOverVariablesAndThoseOverWhatFitsTheCommand(
            String command,
            String format,
            String level,
            LogFormat expectedFormat,
            org.slf4j.event.Level expectedLevel) {
        if (format != null) {
            environment.put("RELAY_LOG_FORMAT", format);
        }
        if (level != null) {
            environment.put("RELAY_LOG_LEVEL", level);
        }
        int unused = relay(command.split(" "));
        if (command.equals("expose")) {
            assertEquals(null, logSettings, "a command line that is wrong chooses nothing");
        } else {
            assertEquals(new LogSettings(expectedFormat, expectedLevel), logSettings);
        }
    }

    @Test
    void whatIsNoFormatOrLevelIsUsage() {
        assertEquals(2, relay("--log-format", "xml", "psk", "new", "web"));
        assertEquals(
                "relay: Invalid value for option '--log-format': expected text or json. See: relay --help\n", err());
        environment.put("RELAY_LOG_LEVEL", "loud");
        assertEquals(2, relay("psk", "new", "web"));
        assertEquals("relay: $RELAY_LOG_LEVEL: expected error, warn, info, debug or trace. See: relay --help\n", err());
        assertFalse(java.nio.file.Files.exists(home()));
    }

    /** As the process has it written. */
    private static String written(LogFormat format, ILoggingEvent event) {
        var context = new LoggerContext();
        LogConfiguration.configure(context, new LogSettings(format, org.slf4j.event.Level.INFO));
        try {
            var appender = (OutputStreamAppender<ILoggingEvent>)
                    context.getLogger("ROOT").getAppender(format.toString());
            return new String(appender.getEncoder().encode(event), StandardCharsets.UTF_8);
        } finally {
            context.stop();
        }
    }

    private static LoggingEvent event(String message, Object... arguments) {
        var event = new LoggingEvent();
        event.setLoggerName("dev.tcprelay.audit");
        event.setLevel(Level.INFO);
        event.setMessage(message);
        event.setArgumentArray(arguments);
        event.setInstant(Instant.parse("2026-11-22T12:00:00.070Z"));
        return event;
    }

    @Test
    void aLineOfText() {
        LoggingEvent event = event("{} logged out: {}", "alice", "no\nmore\u001b[1m");
        event.addKeyValuePair(new KeyValuePair("user", "alice"));
        String line = written(LogFormat.TEXT, event);
        assertTrue(
                line.matches("2026-11-2[123]T\\d\\d:\\d\\d:00\\.070(Z|[+-]\\d\\d:\\d\\d) "
                        + "INFO  audit alice logged out: no more \\[1m\n"),
                line);
    }

    @Test
    void aLineOfJson() {
        LoggingEvent event = event("{} logged out: {}", "alice", "no\nmore \"than\" \u001b[1m");
        event.addKeyValuePair(new KeyValuePair("user", "alice"));
        event.addKeyValuePair(new KeyValuePair("millis", 12L));
        event.addKeyValuePair(new KeyValuePair("level", "of the event's own"));
        event.addKeyValuePair(new KeyValuePair("list", List.of(1)));
        event.addKeyValuePair(new KeyValuePair("nothing", null));
        assertEquals(
                "{\"time\":\"2026-11-22T12:00:00.070Z\",\"level\":\"INFO\",\"logger\":\"dev.tcprelay.audit\","
                        + "\"message\":\"alice logged out: no\\nmore \\\"than\\\" \\u001B[1m\","
                        + "\"user\":\"alice\",\"millis\":12,\"list\":\"[1]\",\"nothing\":\"null\"}\n",
                written(LogFormat.JSON, event));
    }

    @Test
    void aStackTraceIsAMemberOfTheLine() {
        LoggingEvent event = event("it failed");
        event.setThrowableProxy(new ch.qos.logback.classic.spi.ThrowableProxy(new IllegalStateException("why")));
        String text = written(LogFormat.JSON, event);
        assertEquals(1, text.lines().count());
        JsonObject line = new JsonObject(text);
        assertEquals(Set.of("time", "level", "logger", "message", "error"), line.fieldNames());
        assertTrue(line.getString("error").startsWith("java.lang.IllegalStateException: why"));
        assertTrue(line.getString("error").contains("\tat "));
    }
}
