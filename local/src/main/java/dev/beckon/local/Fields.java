package dev.beckon.local;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.beckon.ResultCode;
import dev.beckon.SessionException;
import org.jspecify.annotations.Nullable;

/**
 * The members of one JSON object, each checked for its type as it is read. Members nobody reads are ignored.
 *
 * <p>What an application sent is refused with an {@link RpcError}; what an agent sent with a {@link SessionException}
 * E_FAIL, since there it is the application that reads and the agent that is wrong.
 */
final class Fields {
    private final JsonObject object;
    private final String path;
    private final boolean fromAgent;

    private Fields(@Nullable JsonElement element, String path, boolean fromAgent) {
        this.path = path;
        this.fromAgent = fromAgent;
        if (!(element instanceof JsonObject found)) {
            throw wrong(path, "an object", element);
        }
        this.object = found;
    }

    /**
     * What an application sent.
     *
     * @param path what the object is called in refusals
     */
    static Fields fromApplication(@Nullable JsonElement element, String path) {
        return new Fields(element, path, false);
    }

    /**
     * What an agent sent.
     *
     * @param path what the object is called in refusals
     */
    static Fields fromAgent(@Nullable JsonElement element, String path) {
        return new Fields(element, path, true);
    }

    JsonObject json() {
        return object;
    }

    /** Whether the member is there and not null. */
    boolean has(String name) {
        return present(name) != null;
    }

    String text(String name) {
        String text = textOrNull(name);
        if (text == null) {
            throw missing(name, "a text");
        }
        return text;
    }

    @Nullable
    String textOrNull(String name) {
        JsonElement value = present(name);
        if (value == null) {
            return null;
        }
        if (value instanceof JsonPrimitive primitive && primitive.isString()) {
            return primitive.getAsString();
        }
        throw wrong(path + "." + name, "a text", value);
    }

    long integer(String name) {
        JsonElement value = present(name);
        if (value == null) {
            throw missing(name, "a whole number");
        }
        // Json makes a Long of every whole number that fits one, and of nothing else.
        if (value instanceof JsonPrimitive primitive
                && primitive.isNumber()
                && primitive.getAsNumber() instanceof Long n) {
            return n;
        }
        throw wrong(path + "." + name, "a whole number of 64 bits", value);
    }

    boolean truth(String name) {
        JsonElement value = present(name);
        if (value == null) {
            throw missing(name, "true or false");
        }
        if (value instanceof JsonPrimitive primitive && primitive.isBoolean()) {
            return primitive.getAsBoolean();
        }
        throw wrong(path + "." + name, "true or false", value);
    }

    /** A constant by its name, exactly. */
    <E extends Enum<E>> E constant(String name, Class<E> type) {
        String text = text(name);
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equals(text)) {
                return constant;
            }
        }
        String shown = text.length() > 40 ? text.substring(0, 40) + "…" : text;
        throw refusal(
                path + "." + name + " is \"" + shown + "\", which is no " + type.getSimpleName(),
                "use a name of the table in docs/local-api.md");
    }

    /** A constant by its name, or this one for a name that is newer than this program. */
    <E extends Enum<E>> E constant(String name, Class<E> type, E unknown) {
        String text = text(name);
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equals(text)) {
                return constant;
            }
        }
        return unknown;
    }

    Fields object(String name) {
        JsonElement value = present(name);
        if (value == null) {
            throw missing(name, "an object");
        }
        return new Fields(value, path + "." + name, fromAgent);
    }

    JsonArray array(String name) {
        JsonElement value = present(name);
        if (value instanceof JsonArray array) {
            return array;
        }
        throw wrong(path + "." + name, "an array", value);
    }

    private @Nullable JsonElement present(String name) {
        JsonElement value = object.get(name);
        return value == null || value.isJsonNull() ? null : value;
    }

    private RuntimeException missing(String name, String wanted) {
        return refusal(path + "." + name + " is missing", "give " + wanted);
    }

    private RuntimeException wrong(String path, String wanted, @Nullable JsonElement value) {
        return refusal(path + " is " + kind(value), "give " + wanted);
    }

    /** The exception that says a member is not as it must be. */
    RuntimeException refusal(String problem, String remedy) {
        return fromAgent
                ? new SessionException(
                        ResultCode.E_FAIL,
                        "the agent's message cannot be read: " + problem,
                        "update the agent and the application to the same version")
                : RpcError.invalidParams(problem, remedy);
    }

    private static String kind(@Nullable JsonElement value) {
        if (value == null || value.isJsonNull()) {
            return "missing";
        }
        if (value.isJsonObject()) {
            return "an object";
        }
        if (value.isJsonArray()) {
            return "an array";
        }
        JsonPrimitive primitive = value.getAsJsonPrimitive();
        return primitive.isString() ? "a text" : primitive.isBoolean() ? "true or false" : "a number";
    }
}
