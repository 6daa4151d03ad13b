package dev.beckon.agent.window;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** JSON objects, made and taken apart. */
final class Json {
    private static final int NESTING = 16;

    private Json() {}

    /** An object of these names and values, in this order; values are texts, numbers, booleans, elements or null. */
    static JsonObject object(@Nullable Object... namesAndValues) {
        JsonObject object = new JsonObject();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            object.add(String.valueOf(namesAndValues[i]), element(namesAndValues[i + 1]));
        }
        return object;
    }

    private static JsonElement element(@Nullable Object value) {
        if (value == null) {
            return JsonNull.INSTANCE;
        }
        if (value instanceof JsonElement element) {
            return element;
        }
        if (value instanceof Boolean flag) {
            return new JsonPrimitive(flag);
        }
        return value instanceof Number number ? new JsonPrimitive(number) : new JsonPrimitive(value.toString());
    }

    /**
     * Reads one object, strictly by RFC 8259.
     *
     * @throws Refused where it is none; says nothing of what the text holds
     */
    static JsonObject read(byte[] utf8) {
        try {
            // A new decoder reports malformed input instead of replacing it.
            return read(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString());
        } catch (CharacterCodingException e) {
            throw Refused.malformed("the request is not UTF-8", "");
        }
    }

    /** The same, of text. */
    static JsonObject read(String text) {
        try (JsonReader reader = new JsonReader(new StringReader(text))) {
            reader.setStrictness(Strictness.STRICT);
            reader.setNestingLimit(NESTING);
            JsonElement read = JsonParser.parseReader(reader);
            if (read.isJsonObject() && reader.peek() == JsonToken.END_DOCUMENT) {
                return read.getAsJsonObject();
            }
        } catch (IOException | JsonParseException | IllegalStateException | StackOverflowError e) {
            throw Refused.malformed("the request is no JSON object", "");
        }
        throw Refused.malformed("the request is no JSON object", "");
    }

    /** A text that must be there. */
    static String text(JsonObject object, String name) {
        String text = textOrNull(object, name);
        if (text == null) {
            throw Refused.malformed(name + " is missing", "give it as a text");
        }
        return text;
    }

    /** A text; null where it is missing, null or empty. */
    static @Nullable String textOrNull(JsonObject object, String name) {
        JsonElement value = object.get(name);
        if (value == null || value.isJsonNull()) {
            return null;
        }
        if (!(value instanceof JsonPrimitive primitive) || !primitive.isString()) {
            throw Refused.malformed(name + " is no text", "");
        }
        return value.getAsString().isEmpty() ? null : value.getAsString();
    }

    /** True or false; false where it is missing. */
    static boolean flag(JsonObject object, String name) {
        JsonElement value = object.get(name);
        if (value == null || value.isJsonNull()) {
            return false;
        }
        if (!(value instanceof JsonPrimitive primitive) || !primitive.isBoolean()) {
            throw Refused.malformed(name + " is neither true nor false", "");
        }
        return value.getAsBoolean();
    }

    /** A whole number from 0 to a bound; 0 where it is missing. */
    static int number(JsonObject object, String name, int most) {
        JsonElement value = object.get(name);
        if (value == null || value.isJsonNull()) {
            return 0;
        }
        String digits = value instanceof JsonPrimitive primitive && primitive.isNumber() ? value.getAsString() : "";
        if (!digits.matches("[0-9]{1,9}") || Integer.parseInt(digits) > most) {
            throw Refused.malformed(name + " is no whole number from 0 to " + most, "");
        }
        return Integer.parseInt(digits);
    }
}
