package dev.beckon.local;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import com.google.gson.stream.MalformedJsonException;
import dev.beckon.ResultCode;
import dev.beckon.SessionException;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * JSON text to tree and back, strictly by RFC 8259.
 *
 * <p>Gson's own tree reader is lenient and keeps numbers of any length; here the tree is built by hand over its tokenizer.
 */
final class Json {
    private Json() {}

    /**
     * Reads one JSON value. A whole number that fits 64 bits becomes a Long, any other number a Double.
     *
     * @throws RpcError not UTF-8, not JSON, nested too deep, a number out of range, a member named twice, or more than one
     *     value. Says nothing of what the text holds
     */
    static JsonElement read(byte[] utf8) {
        CharBuffer text;
        try {
            // RFC 8259 §8.1: UTF-8 only. A new decoder reports malformed input instead of replacing it.
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8));
        } catch (CharacterCodingException e) {
            throw RpcError.parse("the message is not valid UTF-8", "encode it as UTF-8");
        }
        try (JsonReader reader = new JsonReader(new StringReader(text.toString()))) {
            reader.setStrictness(Strictness.STRICT);
            reader.setNestingLimit(Protocol.NESTING);
            JsonElement value = value(reader);
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw malformed();
            }
            return value;
        } catch (MalformedJsonException e) {
            throw malformed();
        } catch (IOException | IllegalStateException e) {
            throw malformed();
        }
    }

    private static RpcError malformed() {
        return RpcError.parse(
                "the message is not valid JSON, or nested deeper than " + Protocol.NESTING,
                "send one JSON object as RFC 8259 has it");
    }

    private static JsonElement value(JsonReader reader) throws IOException {
        switch (reader.peek()) {
            case BEGIN_OBJECT -> {
                return object(reader);
            }
            case BEGIN_ARRAY -> {
                JsonArray array = new JsonArray();
                reader.beginArray();
                while (reader.hasNext()) {
                    array.add(value(reader));
                }
                reader.endArray();
                return array;
            }
            case STRING -> {
                return new JsonPrimitive(reader.nextString());
            }
            case NUMBER -> {
                return new JsonPrimitive(number(reader.nextString()));
            }
            case BOOLEAN -> {
                return new JsonPrimitive(reader.nextBoolean());
            }
            case NULL -> {
                reader.nextNull();
                return JsonNull.INSTANCE;
            }
            default -> throw malformed();
        }
    }

    private static JsonObject object(JsonReader reader) throws IOException {
        JsonObject object = new JsonObject();
        reader.beginObject();
        while (reader.hasNext()) {
            String name = reader.nextName();
            // RFC 8259 §4: what a name given twice means is anyone's guess; nobody honest sends it.
            if (object.has(name)) {
                throw RpcError.parse("the message names a member twice", "name every member of an object once");
            }
            object.add(name, value(reader));
        }
        reader.endObject();
        return object;
    }

    private static Number number(String digits) {
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException notWhole) {
            double number = Double.parseDouble(digits);
            if (Double.isInfinite(number)) {
                throw RpcError.parse("the message holds a number out of range", "send numbers a double can hold");
            }
            return number;
        }
    }

    /**
     * The bytes of a message: header and JSON.
     *
     * @throws SessionException E_INVALIDARG (a text that is no Unicode text)
     */
    static byte[] frame(JsonObject message) {
        StringWriter text = new StringWriter(256);
        try (JsonWriter writer = new JsonWriter(text)) {
            write(message, writer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ByteBuffer body;
        try {
            body = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text.getBuffer()));
        } catch (CharacterCodingException e) {
            throw new SessionException(
                    ResultCode.E_INVALIDARG, "a text holds half of a surrogate pair", "send whole characters");
        }
        byte[] header = "Content-Length: "
                .concat(Integer.toString(body.remaining()))
                .concat("\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] frame = new byte[header.length + body.remaining()];
        System.arraycopy(header, 0, frame, 0, header.length);
        body.get(frame, header.length, body.remaining());
        return frame;
    }

    private static void write(JsonElement value, JsonWriter writer) throws IOException {
        if (value instanceof JsonObject object) {
            writer.beginObject();
            for (Map.Entry<String, JsonElement> member : object.entrySet()) {
                writer.name(member.getKey());
                write(member.getValue(), writer);
            }
            writer.endObject();
        } else if (value instanceof JsonArray array) {
            writer.beginArray();
            for (JsonElement element : array) {
                write(element, writer);
            }
            writer.endArray();
        } else if (value instanceof JsonPrimitive primitive) {
            if (primitive.isString()) {
                writer.value(primitive.getAsString());
            } else if (primitive.isBoolean()) {
                writer.value(primitive.getAsBoolean());
            } else {
                writer.value(primitive.getAsNumber());
            }
        } else {
            writer.nullValue();
        }
    }
}
