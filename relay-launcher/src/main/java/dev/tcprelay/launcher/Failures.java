package dev.tcprelay.launcher;

import dev.tcprelay.channel.SettingsException;
import dev.tcprelay.protocol.files.FormatException;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The one place where errors become a line for a person and an exit code. */
record Failures(PrintStream err, BooleanSupplier verbose)
        implements IParameterExceptionHandler, IExecutionExceptionHandler {

    @Override
    public int handleParseException(ParameterException e, String[] args) {
        CommandLine line = e.getCommandLine();
        String hint = "";
        if (e instanceof UnmatchedArgumentException unmatched) {
            List<String> suggestions = unmatched.getSuggestions();
            hint = suggestions.isEmpty() ? "" : " Did you mean " + suggestions.get(0) + "?";
        }
        String name = line.getCommandSpec().qualifiedName();
        return fail(e, ExitCode.USAGE, sentence(message(e)) + hint + " See: " + name + " --help");
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine line, ParseResult result) {
        if (e instanceof CommandException expected) {
            return fail(e, expected.code(), message(e));
        } else if (e instanceof DeploymentException deployment) {
            err.println(deployment.getMessage());
            trace(e);
            return deployment.code().number();
        } else if (e instanceof ParameterException wrong) {
            return handleParseException(wrong, new String[0]);
        } else if (e instanceof FormatException || e instanceof SettingsException) {
            return fail(e, ExitCode.USAGE, sentence(message(e)));
        } else if (e instanceof IOException) {
            return fail(e, ExitCode.FAILED, message(e));
        } else if (e instanceof InterruptedException) {
            return fail(e, ExitCode.INTERRUPTED, "interrupted");
        }
        return fail(
                e, ExitCode.FAILED, "unexpected: " + e + (verbose.getAsBoolean() ? "" : ". Try again with --verbose."));
    }

    private int fail(Exception e, ExitCode code, String message) {
        err.println("relay: " + message.replaceAll("\\R", " "));
        trace(e);
        return code.number();
    }

    private void trace(Exception e) {
        if (verbose.getAsBoolean()) {
            e.printStackTrace(err);
        }
    }

    private static String message(Exception e) {
        return Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName());
    }

    private static String sentence(String message) {
        return message.endsWith(".") || message.endsWith("?") ? message : message + ".";
    }
}
