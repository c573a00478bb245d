package dev.tcprelay.launcher;

import org.slf4j.event.Level;

/**
 * How a process logs.
 *
 * @param level of the project's own loggers; others log only what goes wrong
 */
record LogSettings(LogFormat format, Level level) {
    private static final String FORMAT = "relay.log.format";
    private static final String LEVEL = "relay.log.level";

    /** To be called before the log is loaded, which reads these once. */
    void apply() {
        System.setProperty(FORMAT, format.toString());
        System.setProperty(LEVEL, level.toString());
    }

    /** What was applied, or what servers have. */
    static LogSettings chosen() {
        return new LogSettings(
                LogFormat.parse(System.getProperty(FORMAT, LogFormat.TEXT.toString())),
                LogOptions.level(System.getProperty(LEVEL, Level.INFO.toString())));
    }
}
