package dev.tcprelay.launcher;

import dev.tcprelay.channel.SettingsPath;
import dev.tcprelay.channel.SettingsProblem;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A YAML file (so also a JSON file) as a JsonObject with the environment's variables put in, which still knows where
 * everything stands. Numbers, {@code true}, {@code false} and {@code null} are as in JSON; everything else without
 * quotes is text.
 */
final class YamlFile {
    /** With aliases counted as often as they are used; a file of the largest size without any has fewer. */
    private static final int MAX_NODES = 600_000;

    private final YamlSyntax syntax;
    private final Variables variables;
    private final Map<String, Optional<Mark>> places = new HashMap<>();
    private final List<FileProblem> problems = new ArrayList<>();
    private final Set<String> broken = new HashSet<>();
    private JsonObject json = new JsonObject();
    private int nodes;

    private YamlFile(YamlSyntax syntax, Variables variables) {
        this.syntax = syntax;
        this.variables = variables;
    }

    /** Never fails: see {@link #problems}. */
    static YamlFile parse(String file, String text, Map<String, String> environment) {
        YamlSyntax syntax = new YamlSyntax(file, text);
        YamlFile yaml = new YamlFile(syntax, new Variables(environment));
        try {
            syntax.compose().ifPresent(yaml::readRoot);
        } catch (YamlSyntax.SyntaxException e) {
            yaml.problems.add(e.problem());
            yaml.broken.add("");
        }
        return yaml;
    }

    /** Empty if the file has no content, or none that makes sense. */
    JsonObject json() {
        return json;
    }

    /** What is wrong with the YAML itself and its variables, as opposed to what it says. */
    List<FileProblem> problems() {
        return List.copyOf(problems);
    }

    /** Problems with what it says, placed in the file; those that only follow from {@link #problems} are left out. */
    List<FileProblem> locate(List<SettingsProblem> found) {
        List<FileProblem> located = new ArrayList<>();
        for (SettingsProblem problem : found) {
            String path = problem.path();
            if (!broken.contains("") && !broken.contains(path)) {
                located.add(syntax.problem(place(path), problem.toString()));
            }
        }
        return located;
    }

    /** A problem with the whole of what stands at a path. */
    FileProblem locate(String path, String message) {
        return syntax.problem(place(path), message);
    }

    private Optional<Mark> place(String path) {
        String at = path;
        while (!places.containsKey(at) && !at.isEmpty()) {
            at = SettingsPath.parent(at);
        }
        return places.getOrDefault(at, Optional.empty());
    }

    private void readRoot(Node root) {
        places.put("", root.getStartMark());
        if (root instanceof MappingNode mapping) {
            json = mapping(mapping, "", 0);
        } else {
            reject("", root, "expected keys and values at the top of the file");
        }
    }

    private void reject(String path, Node node, String message) {
        if (broken.add(path)) {
            problems.add(syntax.problem(node.getStartMark(), message));
        }
    }

    private @Nullable Object value(Node node, String path, int depth) {
        if (++nodes > MAX_NODES || depth > YamlSyntax.MAX_DEPTH) {
            reject("", node, "aliases of aliases make this file too large");
            return null;
        }
        if (node instanceof MappingNode mapping) {
            return mapping(mapping, path, depth);
        } else if (node instanceof SequenceNode sequence) {
            return sequence(sequence, path, depth);
        }
        return scalar((ScalarNode) node, path);
    }

    private JsonObject mapping(MappingNode node, String path, int depth) {
        JsonObject object = new JsonObject();
        checkTag(node, Tag.MAP, path);
        for (NodeTuple tuple : node.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode keyNode)) {
                reject(path, tuple.getKeyNode(), "a key must be a text");
                continue;
            }
            String key = keyNode.getValue();
            String place = SettingsPath.key(path, key);
            if (object.containsKey(key)) {
                String first = places.getOrDefault(place, Optional.empty())
                        .map(at -> "; it stands on line " + (at.getLine() + 1) + " already")
                        .orElse("");
                problems.add(syntax.problem(keyNode.getStartMark(), place + ": duplicate key" + first));
                continue;
            }
            places.put(place, keyNode.getStartMark());
            object.put(key, value(tuple.getValueNode(), place, depth + 1));
        }
        return object;
    }

    private JsonArray sequence(SequenceNode node, String path, int depth) {
        JsonArray array = new JsonArray();
        checkTag(node, Tag.SEQ, path);
        for (Node element : node.getValue()) {
            String place = SettingsPath.index(path, array.size());
            places.put(place, element.getStartMark());
            array.add(value(element, place, depth + 1));
        }
        return array;
    }

    private void checkTag(Node node, Tag expected, String path) {
        if (!node.getTag().equals(expected)) {
            reject(path, node, "tags other than !!str are not supported");
        }
    }

    private @Nullable Object scalar(ScalarNode node, String path) {
        String text = node.getValue();
        boolean tagged = !node.getTag().equals(syntax.resolver().resolve(text, node.isPlain()));
        if (tagged && !node.getTag().equals(Tag.STR)) {
            reject(path, node, "tags other than !!str are not supported");
            return null;
        }
        if (Variables.in(text)) {
            String place = path.isEmpty() ? "" : path + ": ";
            text = variables.expand(text, problem -> reject(path, node, place + problem));
        }
        Tag type = tagged ? Tag.STR : syntax.resolver().resolve(text, node.isPlain());
        if (type.equals(Tag.NULL)) {
            return null;
        } else if (type.equals(Tag.BOOL)) {
            return text.equals("true");
        }
        return type.equals(Tag.INT) || type.equals(Tag.FLOAT) ? number(text, node, path) : text;
    }

    private @Nullable Number number(String text, Node node, String path) {
        try {
            BigDecimal number = new BigDecimal(text);
            if (text.length() > 100 || Math.abs((long) number.precision() - number.scale()) > 300) {
                reject(path, node, "a number that is too long");
                return null;
            }
            boolean whole = number.stripTrailingZeros().scale() <= 0;
            BigInteger integer = number.toBigInteger();
            return whole && integer.bitLength() < Long.SIZE ? (Number) integer.longValue() : number.doubleValue();
        } catch (NumberFormatException e) {
            reject(path, node, "not a finite number");
            return null;
        }
    }
}
