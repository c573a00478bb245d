package dev.tcprelay.protocol.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.tcprelay.protocol.files.FormatException;
import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.files.ServerId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object of the other side, read strictly: valid UTF-8, no field twice, nothing behind it. Jackson's streaming
 * part is enough for that, and starts faster than its object mapper. A field is asked for by name and type; unknown
 * ones are ignored, and null is a type of its own, so never what was asked for.
 */
final class JsonBody {

    /** Names of fields come from outside, so no table keeps them. */
    static final JsonFactory FACTORY = JsonFactory.builder()
            .configure(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES, false)
            .configure(JsonFactory.Feature.INTERN_FIELD_NAMES, false)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(8)
                    .maxDocumentLength(Layout.CONTROL_LARGEST)
                    .maxStringLength(Layout.CONTROL_LARGEST)
                    .maxNameLength(256)
                    .maxNumberLength(32)
                    .build())
            .build();

    /** Text, Integer, Boolean, JsonBody, List; {@link #OTHER} for values that no message has. */
    private final Map<String, Object> fields = new HashMap<>();

    private static final Object OTHER = new Object();

    private JsonBody() {}

    static JsonBody parse(byte[] utf8) throws ProtocolException {
        try (JsonParser parser = FACTORY.createParser(text(utf8))) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw notJson();
            }
            JsonBody body = object(parser);
            if (parser.nextToken() != null) {
                throw notJson();
            }
            return body;
        } catch (IOException e) {
            throw notJson(); // without the cause, which would repeat the input
        }
    }

    private static ProtocolException notJson() {
        return new ProtocolException("the body is not one JSON object");
    }

    /** Decoded here, since Jackson would guess the encoding. */
    private static String text(byte[] utf8) throws CharacterCodingException {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    }

    private static JsonBody object(JsonParser parser) throws IOException {
        JsonBody body = new JsonBody();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            body.fields.put(name, value(parser));
        }
        return body;
    }

    private static List<Object> array(JsonParser parser) throws IOException {
        List<Object> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            elements.add(value(parser));
        }
        return elements;
    }

    private static Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> array(parser);
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> number(parser);
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> OTHER;
        };
    }

    private static Object number(JsonParser parser) throws IOException {
        return parser.getNumberType() == JsonParser.NumberType.INT ? (Object) parser.getIntValue() : OTHER;
    }

    boolean has(String field) {
        return fields.containsKey(field);
    }

    String text(String field) throws ProtocolException {
        return value(field, String.class);
    }

    boolean flag(String field) throws ProtocolException {
        return value(field, Boolean.class);
    }

    int number(String field, int smallest, int largest) throws ProtocolException {
        int number = value(field, Integer.class);
        if (number < smallest || number > largest) {
            throw mistyped(field);
        }
        return number;
    }

    ServerId serverId(String field) throws ProtocolException {
        return Fields.serverId(text(field));
    }

    NodeId nodeId(String field) throws ProtocolException {
        return NodeId.parse(text(field));
    }

    /** An optional public key. */
    @Nullable
    PublicKey key(String field) throws ProtocolException {
        if (!has(field)) {
            return null;
        }
        try {
            return PublicKey.of(binary(field, Layout.KEY));
        } catch (FormatException e) {
            throw mistyped(field);
        }
    }

    /** One of the constants, by the text that its toString gives. */
    <E extends Enum<E>> E constant(String field, E[] constants) throws ProtocolException {
        String text = text(field);
        for (E constant : constants) {
            if (constant.toString().equals(text)) {
                return constant;
            }
        }
        throw mistyped(field);
    }

    List<JsonBody> objects(String field) throws ProtocolException {
        List<JsonBody> objects = new ArrayList<>();
        for (Object element : value(field, List.class)) {
            if (!(element instanceof JsonBody object)) {
                throw mistyped(field);
            }
            objects.add(object);
        }
        return objects;
    }

    byte[] binary(String field, int size) throws ProtocolException {
        return binary(field, size, size);
    }

    /** Base64 with padding and no stray bits, of so many bytes. */
    byte[] binary(String field, int smallest, int largest) throws ProtocolException {
        String text = text(field);
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw mistyped(field);
        }
        boolean canonical = Base64.getEncoder().encodeToString(bytes).equals(text);
        if (!canonical || bytes.length < smallest || bytes.length > largest) {
            throw mistyped(field);
        }
        return bytes;
    }

    private <T> T value(String field, Class<T> type) throws ProtocolException {
        Object value = fields.get(field);
        if (!type.isInstance(value)) {
            throw mistyped(field);
        }
        return type.cast(value);
    }

    /** Field names in messages are ours, never the other side's. */
    private static ProtocolException mistyped(String field) {
        return new ProtocolException("missing or mistyped: " + field);
    }
}
