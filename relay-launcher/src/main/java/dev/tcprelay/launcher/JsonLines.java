package dev.tcprelay.launcher;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Objects;
import org.slf4j.event.KeyValuePair;

/**
 * Each event as one line with one JSON object: {@code time} (UTC), {@code level}, {@code logger}, {@code message}, the
 * event's key-value pairs as further members, and {@code error} with the stack trace if there is one. (Logback's own
 * JsonEncoder writes the time as a number and the pairs as a list of objects, which programs cannot search by name.)
 */
public final class JsonLines extends EncoderBase<ILoggingEvent> {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSX").withZone(ZoneOffset.UTC);

    /** Made by {@link LogConfiguration}, or by a logback.xml that names it. */
    public JsonLines() {}

    @Override
    public byte[] encode(ILoggingEvent event) {
        JsonObject line = new JsonObject()
                .put("time", TIME.format(Instant.ofEpochMilli(event.getTimeStamp())))
                .put("level", event.getLevel().toString())
                .put("logger", event.getLoggerName())
                .put("message", event.getFormattedMessage());
        List<KeyValuePair> pairs = Objects.requireNonNullElse(event.getKeyValuePairs(), List.of());
        for (KeyValuePair pair : pairs) {
            if (!line.containsKey(pair.key)) {
                line.put(pair.key, value(pair.value));
            }
        }
        if (event.getThrowableProxy() != null) {
            line.put("error", ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
        return (line.encode() + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static Object value(Object value) {
        return value instanceof Number || value instanceof Boolean ? value : String.valueOf(value);
    }

    @Override
    public byte[] headerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] footerBytes() {
        return new byte[0];
    }
}
