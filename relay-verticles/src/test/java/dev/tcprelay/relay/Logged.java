package dev.tcprelay.relay;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.LoggerFactory;

/** What is logged at the standard levels, INFO of the project and WARN of others, until this is closed. */
final class Logged implements AutoCloseable {
    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Logger project = (Logger) LoggerFactory.getLogger("dev.tcprelay");
    private final Appender<ILoggingEvent> usual = root.getAppender("out");
    private Logger talkative = project;
    private final Queue<ILoggingEvent> events = new ConcurrentLinkedQueue<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            events.add(event);
        }
    };

    Logged() {
        appender.start();
        project.setLevel(Level.INFO);
        root.detachAppender(usual);
        root.addAppender(appender);
    }

    /** The class's lines at DEBUG too. */
    void debug(Class<?> type) {
        talkative = (Logger) LoggerFactory.getLogger(type);
        talkative.setLevel(Level.DEBUG);
    }

    /** Level, last part of the logger's name, and message, as the relay command writes them. */
    List<String> lines() {
        return events.stream().map(Logged::line).toList();
    }

    private static String line(ILoggingEvent event) {
        String logger = event.getLoggerName();
        return event.getLevel() + " " + logger.substring(logger.lastIndexOf('.') + 1) + " "
                + event.getFormattedMessage();
    }

    /** The fields of each line, in order. */
    List<Map<String, String>> fields() {
        return events.stream().map(Logged::fields).toList();
    }

    private static Map<String, String> fields(ILoggingEvent event) {
        Map<String, String> fields = new LinkedHashMap<>();
        if (event.getKeyValuePairs() != null) {
            event.getKeyValuePairs().forEach(pair -> fields.put(pair.key, String.valueOf(pair.value)));
        }
        return fields;
    }

    @Override
    public void close() {
        root.detachAppender(appender);
        root.addAppender(usual);
        talkative.setLevel(null);
        project.setLevel(null);
    }
}
