package dev.tcprelay.launcher;

import dev.tcprelay.launcher.Finding.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The steps of {@code relay doctor}, one after the other. A step gets what the one that it depends on has left; when
 * that has failed it is skipped. On the command's own thread.
 */
final class Examination {
    private final Consumer<Finding> told;
    private final List<Finding> findings = new ArrayList<>();
    private ExitCode code = ExitCode.DONE;

    /** @param told gets each finding as soon as it is known */
    Examination(Consumer<Finding> told) {
        this.told = told;
    }

    /** What a step does. It fails by an exception whose message says what is wrong and what to do. */
    @FunctionalInterface
    interface Check<I, O> {
        Found<O> in(I input) throws Exception;
    }

    /**
     * What a check that did not fail has found.
     *
     * @param value for the steps that depend on it; null if none does
     */
    record Found<O>(Verdict verdict, String text, @Nullable O value) {
        static <O> Found<O> ok(String text, O value) {
            return new Found<>(Verdict.OK, text, value);
        }

        static <O> Found<O> warn(String text, O value) {
            return new Found<>(Verdict.WARN, text, value);
        }

        static <O> Found<O> skip(String text) {
            return new Found<>(Verdict.SKIP, text, null);
        }
    }

    /**
     * Where the examination stands after a step.
     *
     * @param step the one that has passed, or the one whose failure is the reason that there is no value
     */
    record Stand<O>(String step, @Nullable O value) {
        /** The other one, if this one has passed too. */
        <T> Stand<T> and(Stand<T> other) {
            return value == null ? new Stand<>(step, null) : other;
        }
    }

    /** For steps that depend on nothing but this. */
    static <O> Stand<O> given(O value) {
        return new Stand<>("", value);
    }

    /** Takes the step, or skips it. */
    <I, O> Stand<O> step(String name, Stand<I> needed, Check<I, O> check) throws InterruptedException {
        I input = needed.value();
        if (input == null) {
            tell(new Finding(Verdict.SKIP, name, "not checked, since this needs: " + needed.step()));
            return new Stand<>(needed.step(), null);
        }
        try {
            Found<O> found = check.in(input);
            tell(new Finding(found.verdict(), name, found.text()));
            return new Stand<>(name, found.value());
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            failed(name, e);
            return new Stand<>(name, null);
        }
    }

    /** A step on which no other depends. */
    <I, O> void aside(String name, Stand<I> needed, Check<I, O> check) throws InterruptedException {
        var unused = step(name, needed, check);
    }

    private void failed(String name, Exception e) {
        boolean expected = e instanceof CommandException || e instanceof IOException;
        if (code == ExitCode.DONE) {
            code = e instanceof CommandException command ? command.code() : ExitCode.FAILED;
        }
        tell(new Finding(Verdict.FAIL, name, expected ? String.valueOf(e.getMessage()) : "unexpected: " + e));
    }

    private void tell(Finding finding) {
        findings.add(finding);
        told.accept(finding);
    }

    /** In the order of the steps. */
    List<Finding> findings() {
        return List.copyOf(findings);
    }

    /** That of the first failure; DONE without any. */
    ExitCode code() {
        return code;
    }
}
