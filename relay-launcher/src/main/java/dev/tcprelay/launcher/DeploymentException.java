package dev.tcprelay.launcher;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A verticle did not start. */
final class DeploymentException extends Exception {
    private static final long serialVersionUID = 1L;

    private final ExitCode code;

    DeploymentException(ExitCode code, List<FileProblem> problems, @Nullable Throwable cause) {
        super(problems.stream().map(FileProblem::toString).collect(Collectors.joining("\n")), cause);
        this.code = code;
    }

    /** USAGE if its config is wrong, else FAILED. */
    ExitCode code() {
        return code;
    }
}
