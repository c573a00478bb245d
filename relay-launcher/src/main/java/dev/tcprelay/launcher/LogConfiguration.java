package dev.tcprelay.launcher;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;

/**
 * Quiet, to standard error: standard output belongs to the commands. A file that {@code -Dlogback.configurationFile}
 * names comes instead. (It is no logback.xml of ours because reading one costs a command that answers at once a tenth
 * of its time.)
 */
public final class LogConfiguration extends ContextAwareBase implements Configurator {
    /** One line per event whatever a message contains; stack traces follow on lines of their own. */
    private static final String LINE =
            "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0} %replace(%msg){'[\\p{Cntrl}]+', ' '}%n";

    /** Made by logback, which finds it by the class path. */
    public LogConfiguration() {}

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        if (System.getProperty("logback.configurationFile") != null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        configure(context, LogSettings.chosen());
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    static void configure(LoggerContext context, LogSettings settings) {
        var console = new ConsoleAppender<ILoggingEvent>();
        console.setContext(context);
        console.setName(settings.format().toString());
        console.setTarget("System.err");
        console.setEncoder(encoder(context, settings.format()));
        console.start();
        var root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(console);
        context.getLogger("dev.tcprelay").setLevel(Level.convertAnSLF4JLevel(settings.level()));
        // They warn on every node when another one leaves, also in order. That it has left the relay tells itself.
        context.getLogger("com.hazelcast.internal.server.tcp.TcpServerConnectionErrorHandler")
                .setLevel(Level.ERROR);
        context.getLogger("com.hazelcast.internal.cluster.impl.MembershipManager")
                .setLevel(Level.ERROR);
    }

    private static Encoder<ILoggingEvent> encoder(LoggerContext context, LogFormat format) {
        if (format == LogFormat.JSON) {
            var lines = new JsonLines();
            lines.setContext(context);
            lines.start();
            return lines;
        }
        var text = new PatternLayoutEncoder();
        text.setContext(context);
        text.setPattern(LINE);
        text.start();
        return text;
    }
}
