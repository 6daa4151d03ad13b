package dev.beckon;

import static dev.beckon.ResultCode.E_INVALIDARG;
import static dev.beckon.ResultCode.SR_CONTEXT_DATA_OVER_LIMIT;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The limits of the reference, and the checks that hold them. Characters are Unicode code points, bytes are UTF-8.
 *
 * <p>Whoever takes a value from outside (an application, a stanza, a file) calls the check of its name; nothing is ever
 * cut to fit.
 */
public final class Limits {
    /** Longest appData of invite, accept, decline and cancel, in bytes. */
    public static final int APP_DATA_BYTES = 512;
    /** Longest context data, in characters. */
    public static final int CONTEXT_DATA_CHARACTERS = 300;
    /** How many context data a side may send once CONNECTED. */
    public static final int CONTEXT_DATA_AFTER_CONNECTED = 5;
    /** Longest GUID, in characters. */
    public static final int GUID_CHARACTERS = 39;
    /** Longest application name, in characters. */
    public static final int NAME_CHARACTERS = 256;
    /** Longest application URL, in characters. */
    public static final int URL_CHARACTERS = 256;
    /** Longest path of an executable with its arguments, in characters. */
    public static final int PATH_CHARACTERS = 260;
    /** Longest localAddress, in characters. */
    public static final int ADDRESS_CHARACTERS = 64;
    /** Longest sign-in name, in characters. */
    public static final int SIGN_IN_NAME_CHARACTERS = 129;

    private static final Pattern GUID =
            Pattern.compile("\\{[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}\\}");

    private Limits() {}

    /**
     * A GUID as the reference writes it: {@code {XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX}}, upper case.
     *
     * @throws SessionException E_INVALIDARG
     */
    public static String guid(@Nullable String guid) {
        if (guid == null
                || guid.length() > GUID_CHARACTERS
                || !GUID.matcher(guid).matches()) {
            throw invalid(
                    "GUID " + quote(guid) + " is not of the form {XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX}",
                    "write it in braces, with upper-case hexadecimal digits");
        }
        return guid;
    }

    /**
     * Application data: at most 512 bytes, or null.
     *
     * @throws SessionException E_INVALIDARG
     */
    public static @Nullable String appData(@Nullable String appData) {
        if (appData == null) {
            return null;
        }
        int bytes = appData.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > APP_DATA_BYTES) {
            throw invalid("application data has " + bytes + " bytes of UTF-8", "send at most " + APP_DATA_BYTES);
        }
        return carriable("application data", appData);
    }

    /**
     * Context data: at most 300 characters, not null.
     *
     * @throws SessionException E_INVALIDARG (null, or a character XML cannot carry), SR_CONTEXT_DATA_OVER_LIMIT
     */
    public static String contextData(@Nullable String data) {
        if (data == null) {
            throw invalid("context data is null", "send an empty string to say nothing");
        }
        int characters = data.codePointCount(0, data.length());
        if (characters > CONTEXT_DATA_CHARACTERS) {
            throw new SessionException(
                    SR_CONTEXT_DATA_OVER_LIMIT,
                    "context data has " + characters + " characters",
                    "send at most " + CONTEXT_DATA_CHARACTERS + " at once");
        }
        return carriable("context data", data);
    }

    /**
     * A sign-in name: 1 to 129 characters, not starting with a space, without CR or LF.
     *
     * @throws SessionException E_INVALIDARG
     */
    public static String signInName(@Nullable String name) {
        text("sign-in name", name, SIGN_IN_NAME_CHARACTERS);
        if (name == null
                || name.isEmpty()
                || name.startsWith(" ")
                || name.indexOf('\r') >= 0
                || name.indexOf('\n') >= 0) {
            throw invalid(
                    "sign-in name " + quote(name) + " is empty, starts with a space or holds a line break",
                    "write it as name@domain");
        }
        return name;
    }

    /**
     * A text of at most so many characters, all of which XML can carry.
     *
     * @throws SessionException E_INVALIDARG
     */
    public static String text(String what, @Nullable String value, int maxCharacters) {
        if (value == null) {
            throw invalid(what + " is null", "give one");
        }
        int characters = value.codePointCount(0, value.length());
        if (characters > maxCharacters) {
            throw invalid(what + " has " + characters + " characters", "use at most " + maxCharacters);
        }
        return carriable(what, value);
    }

    /** XML 1.0 §2.2: the characters a document may hold; a lone surrogate is none. */
    private static String carriable(String what, String value) {
        value.codePoints().forEach(c -> {
            boolean allowed = c == '\t'
                    || c == '\n'
                    || c == '\r'
                    || (c >= 0x20 && c <= 0xD7FF)
                    || (c >= 0xE000 && c <= 0xFFFD)
                    || c >= 0x10000;
            if (!allowed) {
                throw invalid(
                        "%s holds the character U+%04X, which XML cannot carry".formatted(what, c),
                        "leave it out, or send it encoded");
            }
        });
        return value;
    }

    private static SessionException invalid(String problem, String remedy) {
        return new SessionException(E_INVALIDARG, problem, remedy);
    }

    private static String quote(@Nullable String value) {
        if (value == null) {
            return "null";
        }
        return "\"" + (value.length() > 60 ? value.substring(0, 60) + "…" : value) + "\"";
    }
}
