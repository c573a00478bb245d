package dev.tcprelay.launcher;

import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.schema.JsonSchema;

/**
 * From the text of a file to the nodes of its one YAML 1.2 document, within bounds: the parser's own recursion would
 * end in a stack overflow, and a few aliases of aliases can stand for billions of nodes.
 */
final class YamlSyntax {
    static final int MAX_DEPTH = 50;
    static final int MAX_ALIASES = 100;

    private final String file;
    private final String text;
    private final LoadSettings settings;

    YamlSyntax(String file, String text) {
        this.file = file;
        this.text = text;
        this.settings = LoadSettings.builder()
                .setLabel(file)
                .setUseMarks(true)
                .setMaxAliasesForCollections(MAX_ALIASES)
                .setSchema(new JsonSchema())
                .build();
    }

    /** Thrown for the first mistake: what follows it cannot be made sense of. */
    static final class SyntaxException extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient FileProblem problem;

        SyntaxException(FileProblem problem) {
            super(problem.message());
            this.problem = problem;
        }

        FileProblem problem() {
            return problem;
        }
    }

    /** Empty if the file has no document, only comments perhaps. */
    Optional<Node> compose() throws SyntaxException {
        try {
            checkBounds();
            return new Compose(settings).composeString(text);
        } catch (MarkedYamlEngineException e) {
            boolean bare = e.getContext() == null || e.getContext().isBlank();
            String context = bare ? "" : e.getContext() + ": ";
            throw new SyntaxException(problem(e.getProblemMark(), context + e.getProblem()));
        } catch (ReaderException e) {
            throw new SyntaxException(unprintable(e));
        } catch (YamlEngineException e) {
            throw new SyntaxException(problem(Optional.empty(), String.valueOf(e.getMessage())));
        }
    }

    /** Which type an unquoted text has. */
    ScalarResolver resolver() {
        return settings.getSchema().getScalarResolver();
    }

    FileProblem problem(Optional<Mark> mark, String message) {
        int line = mark.map(at -> at.getLine() + 1).orElse(0);
        int column = mark.map(at -> at.getColumn() + 1).orElse(0);
        return new FileProblem(file, line, column, message);
    }

    private void checkBounds() throws SyntaxException {
        int depth = 0;
        int aliases = 0;
        for (Event event : new Parse(settings).parseString(text)) {
            switch (event.getEventId()) {
                case MappingStart, SequenceStart -> depth++;
                case MappingEnd, SequenceEnd -> depth--;
                case Alias -> aliases++;
                default -> {}
            }
            if (depth > MAX_DEPTH) {
                throw new SyntaxException(problem(event.getStartMark(), "nested deeper than " + MAX_DEPTH + " levels"));
            }
            if (aliases > MAX_ALIASES) {
                throw new SyntaxException(problem(event.getStartMark(), "more than " + MAX_ALIASES + " aliases"));
            }
        }
    }

    private FileProblem unprintable(ReaderException e) {
        int end = text.offsetByCodePoints(0, Math.min(e.getPosition(), text.codePointCount(0, text.length())));
        int line =
                1 + (int) text.substring(0, end).chars().filter(c -> c == '\n').count();
        int start = text.lastIndexOf('\n', end - 1) + 1;
        String message = String.format("the character U+%04X is not allowed here", e.getCodePoint());
        return new FileProblem(file, line, 1 + text.codePointCount(start, end), message);
    }
}
