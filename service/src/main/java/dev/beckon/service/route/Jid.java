package dev.beckon.service.route;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import rocks.xmpp.precis.PrecisProfiles;

/**
 * An XMPP address (RFC 7622), prepared: two that name the same entity are equal. Immutable.
 *
 * <p>Localparts are prepared by PRECIS UsernameCaseMapped, resources by OpaqueString, domains to lower case.
 */
public final class Jid {
    private static final int LONGEST_PART = 1023;
    /** RFC 7622 §3.3.1: not allowed in a localpart though PRECIS would let them pass. */
    private static final String NOT_IN_LOCAL = "\"&'/:<>@";

    private final String local;
    private final String domain;
    private final String resource;
    private final String text;
    private final Jid bare;

    private Jid(String local, String domain, String resource) {
        this.local = local;
        this.domain = domain;
        this.resource = resource;
        StringBuilder built = new StringBuilder(local.length() + domain.length() + resource.length() + 2);
        if (!local.isEmpty()) {
            built.append(local).append('@');
        }
        built.append(domain);
        if (!resource.isEmpty()) {
            built.append('/').append(resource);
        }
        this.text = built.toString();
        this.bare = resource.isEmpty() ? this : new Jid(local, domain, "");
    }

    /** Reads and prepares an address. Throws IllegalArgumentException, naming the part, if it is none. */
    public static Jid of(String text) {
        int slash = text.indexOf('/');
        String bare = slash < 0 ? text : text.substring(0, slash);
        int at = bare.indexOf('@');
        if (at == 0) {
            throw new IllegalArgumentException("an address must not begin with @");
        }
        String local = at < 0 ? "" : preparedLocal(bare.substring(0, at));
        String resource = slash < 0 ? "" : preparedResource(text.substring(slash + 1));
        return new Jid(local, preparedDomain(bare.substring(at + 1)), resource);
    }

    /** As {@link #of(String)}, null instead of an exception. */
    public static @Nullable Jid parse(String text) {
        try {
            return of(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** The bare address of an account; the localpart is prepared. */
    public static Jid of(String local, String domain) {
        return new Jid(preparedLocal(local), preparedDomain(domain), "");
    }

    /** Prepares a localpart (user name). Throws IllegalArgumentException if it is none. */
    public static String preparedLocal(String local) {
        if (isPlain(local)) {
            return bounded(local, "user name");
        }
        String prepared =
                bounded(PrecisProfiles.USERNAME_CASE_MAPPED.enforce(bounded(local, "user name")), "user name");
        for (int i = 0; i < prepared.length(); i++) {
            if (NOT_IN_LOCAL.indexOf(prepared.charAt(i)) >= 0) {
                throw new IllegalArgumentException("a user name must not hold any of " + NOT_IN_LOCAL);
            }
        }
        return prepared;
    }

    private static String preparedResource(String resource) {
        boolean ascii = !resource.isEmpty();
        for (int i = 0; ascii && i < resource.length(); i++) {
            ascii = resource.charAt(i) > ' ' && resource.charAt(i) < 0x7F;
        }
        if (ascii) {
            return bounded(resource, "resource");
        }
        return bounded(PrecisProfiles.OPAQUE_STRING.enforce(bounded(resource, "resource")), "resource");
    }

    private static String preparedDomain(String domain) {
        String prepared = isPlain(domain) ? domain : domain.toLowerCase(Locale.ROOT);
        // RFC 7622 §3.2: a trailing dot is not part of the address.
        if (prepared.endsWith(".")) {
            prepared = prepared.substring(0, prepared.length() - 1);
        }
        char before = '.';
        for (int i = 0; i <= prepared.length(); i++) {
            // No label is empty: nothing begins or ends with a dot, nor do two meet.
            char c = i == prepared.length() ? '.' : prepared.charAt(i);
            boolean good = c >= 0x80 ? Character.isLetterOrDigit(c) : isPlain(c) || "[]:".indexOf(c) >= 0;
            boolean empty = c == '.' && before == '.';
            before = c;
            if (!good || empty) {
                throw new IllegalArgumentException("no domain: " + domain);
            }
        }
        return bounded(prepared, "domain");
    }

    private static String bounded(String part, String name) {
        // RFC 7622 §3: each part is 1 to 1023 bytes.
        boolean surelyShort = part.length() <= LONGEST_PART / 3;
        if (part.isEmpty() || (!surelyShort && part.getBytes(StandardCharsets.UTF_8).length > LONGEST_PART)) {
            throw new IllegalArgumentException("a " + name + " has 1 to " + LONGEST_PART + " bytes");
        }
        return part;
    }

    /** Lower-case ASCII that every profile leaves as it is: nearly all there is. */
    private static boolean isPlain(String part) {
        for (int i = 0; i < part.length(); i++) {
            if (!isPlain(part.charAt(i))) {
                return false;
            }
        }
        return !part.isEmpty();
    }

    private static boolean isPlain(char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
    }

    /** The localpart; empty for a domain. */
    public String local() {
        return local;
    }

    public String domain() {
        return domain;
    }

    /** The resource; empty for a bare address. */
    public String resource() {
        return resource;
    }

    public boolean isBare() {
        return resource.isEmpty();
    }

    public boolean isFull() {
        return !resource.isEmpty();
    }

    /** Whether this is a domain alone. */
    public boolean isDomain() {
        return local.isEmpty() && resource.isEmpty();
    }

    /** Without the resource. */
    public Jid bare() {
        return bare;
    }

    /** With this resource, which is prepared. Throws IllegalArgumentException if it is none. */
    public Jid withResource(String resource) {
        return new Jid(local, domain, preparedResource(resource));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Jid jid && jid.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
