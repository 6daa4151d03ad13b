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
    /** Longest plain message to a person, in characters. */
    public static final int MESSAGE_CHARACTERS = 5000;
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

    private static final Pattern IPV4 = Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(?:\\.(?!$)|$)){4}");
    private static final Pattern IPV6_GROUP = Pattern.compile("[0-9A-Fa-f]{1,4}");

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
     * A plain message to a person: 1 to 5,000 characters.
     *
     * @throws SessionException E_INVALIDARG
     */
    public static String message(@Nullable String text) {
        if (text != null && text.isEmpty()) {
            throw invalid("the message is empty", "write something");
        }
        return text("the message", text, MESSAGE_CHARACTERS);
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
     * A literal IPv4 or IPv6 address with an optional port: {@code 192.0.2.1}, {@code 192.0.2.1:7000},
     * {@code 2001:db8::1}, {@code [2001:db8::1]:7000}. Never a host name: checking one would ask the network.
     *
     * @throws SessionException E_INVALIDARG
     */
    public static String address(@Nullable String address) {
        text("address", address, ADDRESS_CHARACTERS);
        if (address == null || !isAddress(address)) {
            throw invalid(
                    "address " + quote(address) + " is not a literal IP address",
                    "write 192.0.2.1, 192.0.2.1:7000 or [2001:db8::1]:7000");
        }
        return address;
    }

    private static boolean isAddress(String address) {
        if (address.startsWith("[")) {
            int end = address.indexOf(']');
            if (end < 0 || !isIpv6(address.substring(1, end))) {
                return false;
            }
            String rest = address.substring(end + 1);
            return rest.isEmpty() || (rest.startsWith(":") && isPort(rest.substring(1)));
        }
        int colon = address.indexOf(':');
        if (colon < 0) {
            return IPV4.matcher(address).matches();
        }
        if (address.indexOf(':', colon + 1) >= 0) {
            return isIpv6(address);
        }
        return IPV4.matcher(address.substring(0, colon)).matches() && isPort(address.substring(colon + 1));
    }

    private static boolean isPort(String port) {
        return port.length() <= 5 && port.matches("[1-9][0-9]{0,4}") && Integer.parseInt(port) <= 65_535;
    }

    /** RFC 4291 §2.2: eight groups, of which one run of zeros may be "::"; the last two may be an IPv4 address. */
    private static boolean isIpv6(String address) {
        int gap = address.indexOf("::");
        if (gap < 0) {
            return groups(address) == 8;
        }
        if (address.indexOf("::", gap + 1) >= 0) {
            return false;
        }
        String head = address.substring(0, gap);
        String tail = address.substring(gap + 2);
        int before = head.isEmpty() ? 0 : head.contains(".") ? -1 : groups(head);
        int after = tail.isEmpty() ? 0 : groups(tail);
        return before >= 0 && after >= 0 && before + after <= 7;
    }

    /** How many 16-bit groups this text is; -1 where it is none. */
    private static int groups(String text) {
        String[] parts = text.split(":", -1);
        int count = 0;
        for (int i = 0; i < parts.length; i++) {
            if (i == parts.length - 1 && IPV4.matcher(parts[i]).matches()) {
                count += 2;
            } else if (IPV6_GROUP.matcher(parts[i]).matches()) {
                count++;
            } else {
                return -1;
            }
        }
        return count;
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
