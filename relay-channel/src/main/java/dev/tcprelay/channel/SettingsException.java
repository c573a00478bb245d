package dev.tcprelay.channel;

import java.util.List;
import java.util.stream.Collectors;

/** A config with at least one problem: all that were found, in the order in which they were found. */
public final class SettingsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<SettingsProblem> problems;

    public SettingsException(List<SettingsProblem> problems) {
        super(problems.stream().map(SettingsProblem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** At least one. */
    public List<SettingsProblem> problems() {
        return problems;
    }
}
