package dev.tcprelay.launcher;

import org.slf4j.event.Level;

/**
 * How a process logs.
 *
 * @param level of the project's own loggers; others log only what goes wrong
 */
record LogSettings(LogFormat format, Level level) {
    /** To be called before the log is loaded, which reads these once: see logback.xml. */
    void apply() {
        System.setProperty("relay.log.format", format.toString());
        System.setProperty("relay.log.level", level.toString());
    }
}
