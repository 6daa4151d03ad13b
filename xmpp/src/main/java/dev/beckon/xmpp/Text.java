package dev.beckon.xmpp;

import dev.beckon.Limits;
import dev.beckon.SessionException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The pieces our payloads share: ids, application data, times. Reading checks limit and form. */
final class Text {
    private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    // XEP-0082 §3.2
    private static final Pattern TIME = Pattern.compile(
            "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?(Z|[+-]\\d\\d:\\d\\d)", Pattern.CASE_INSENSITIVE);
    private static final DateTimeFormatter WRITTEN =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private Text() {}

    /** Whether this is a UUID as session ids are written: lower case. */
    static boolean isSid(@Nullable String id) {
        return id != null && UUID.matcher(id).matches();
    }

    /** {@code <data>} for application data; null for null. */
    static @Nullable Node data(@Nullable String data) {
        return data == null ? null : Node.of("data", Names.APP).containing(data);
    }

    /** The application data in an element: null where it has none. */
    static @Nullable String data(Node element) throws Malformation {
        List<Node> found = element.children("data", Names.APP);
        if (found.isEmpty()) {
            return null;
        }
        if (found.size() > 1) {
            throw new Malformation("there are " + found.size() + " <data> where one may be");
        }
        String data = found.get(0).text();
        checked(() -> Limits.appData(data));
        return data;
    }

    /** The one child of this name, or null; more than one is refused. */
    static @Nullable Node single(Node element, String name) throws Malformation {
        List<Node> found = element.children(name, Names.APP);
        if (found.size() > 1) {
            throw new Malformation("there are " + found.size() + " <" + name + "> where one may be");
        }
        return found.isEmpty() ? null : found.get(0);
    }

    /** An attribute that must be there and pass a check of {@link Limits}. */
    static String attribute(Node element, String name, Consumer<String> check) throws Malformation {
        @Nullable String value = element.attribute(name);
        if (value == null) {
            throw new Malformation("<" + element.name() + "> has no " + name);
        }
        checked(() -> check.accept(value));
        return value;
    }

    /** A time that must be there. */
    static Instant time(Node element, String name) throws Malformation {
        Instant time = parseTime(element.attribute(name));
        if (time == null) {
            throw new Malformation(name + " is missing or no time of the form 2026-11-20T12:02:00Z");
        }
        return time;
    }

    /** A time as XEP-0082 writes it; null where it is none. */
    static @Nullable Instant parseTime(@Nullable String text) {
        if (text == null || text.length() > 40 || !TIME.matcher(text).matches()) {
            return null;
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** As XEP-0082 writes it, to the millisecond. */
    static String time(Instant time) {
        return WRITTEN.format(time);
    }

    /** Runs a check of the api on something received. */
    static void checked(Runnable check) throws Malformation {
        try {
            check.run();
        } catch (SessionException e) {
            throw new Malformation(e.problem());
        }
    }
}
