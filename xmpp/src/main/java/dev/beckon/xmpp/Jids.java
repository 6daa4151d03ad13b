package dev.beckon.xmpp;

import dev.beckon.Limits;
import dev.beckon.ResultCode;
import dev.beckon.SessionException;
import dev.beckon.session.Jid;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.jxmpp.jid.parts.Domainpart;
import org.jxmpp.jid.parts.Localpart;
import org.jxmpp.jid.parts.Resourcepart;
import org.jxmpp.stringprep.XmppStringprepException;
import rocks.xmpp.precis.PrecisProfiles;

/** Prepares addresses (RFC 7622), so that equal ones are equal strings. */
final class Jids {
    private Jids() {}

    /**
     * A bare address as a person writes it.
     *
     * @throws SessionException E_INVALIDARG
     */
    static String bare(String written) {
        Limits.signInName(written);
        int at = written.indexOf('@');
        if (at <= 0 || at == written.length() - 1) {
            throw refused(written, "it is not of the form name@domain");
        }
        if (written.indexOf('/') >= 0) {
            throw refused(written, "it names a device (what stands after the slash)");
        }
        try {
            return local(written.substring(0, at)) + "@" + domain(written.substring(at + 1));
        } catch (XmppStringprepException | IllegalArgumentException e) {
            throw refused(written, "it holds characters an address cannot have");
        }
    }

    /**
     * An address as a service stamped it; null where it is none. What the service let through though RFC 7622 does not
     * stays as it is, and so never equals a prepared address.
     */
    static @Nullable Jid parse(@Nullable String stamped) {
        if (stamped == null || stamped.isEmpty() || stamped.length() > 3071) {
            return null;
        }
        int slash = stamped.indexOf('/');
        @Nullable String resource = slash < 0 ? null : stamped.substring(slash + 1);
        String bare = slash < 0 ? stamped : stamped.substring(0, slash);
        int at = bare.indexOf('@');
        if (bare.isEmpty() || at == 0 || at == bare.length() - 1 || (resource != null && resource.isEmpty())) {
            return null;
        }
        try {
            String domain = domain(bare.substring(at + 1));
            String prepared = at < 0 ? domain : local(bare.substring(0, at)) + "@" + domain;
            return new Jid(prepared, resource == null ? null : resource(resource));
        } catch (XmppStringprepException | IllegalArgumentException e) {
            return new Jid(bare, resource);
        }
    }

    /** The domain of an address. */
    static String domainOf(String bare) {
        return bare.substring(bare.indexOf('@') + 1);
    }

    /** What stands before the @; the whole where nothing does. */
    static String localOf(String bare) {
        int at = bare.indexOf('@');
        return at < 0 ? bare : bare.substring(0, at);
    }

    // RFC 7622 §3.3: UsernameCaseMapped, then the eight characters that are not allowed on top, at most 1023 bytes.
    private static String local(String part) throws XmppStringprepException {
        if (isPlain(part)) {
            return Localpart.from(part).toString();
        }
        return Localpart.from(PrecisProfiles.USERNAME_CASE_MAPPED.enforce(part)).toString();
    }

    // RFC 7622 §3.2: a domain name in Unicode, lower case, without the dot at its end.
    private static String domain(String part) throws XmppStringprepException {
        String name = part.endsWith(".") ? part.substring(0, part.length() - 1) : part;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c <= ' ' || c == 0x7f || "\"&'/<>@\\^`{|}".indexOf(c) >= 0) {
                throw new IllegalArgumentException("not a domain name");
            }
        }
        String prepared = isPlain(name) ? name : PrecisProfiles.IDN.enforce(name.toLowerCase(Locale.ROOT));
        return Domainpart.from(prepared).toString();
    }

    // RFC 7622 §3.4: OpaqueString.
    private static String resource(String part) throws XmppStringprepException {
        return Resourcepart.from(isPlain(part) ? part : PrecisProfiles.OPAQUE_STRING.enforce(part))
                .toString();
    }

    /** Lower-case letters, digits and the harmless marks: prepared already, which most addresses are. */
    private static boolean isPlain(String part) {
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_')) {
                return false;
            }
        }
        return !part.isEmpty();
    }

    private static SessionException refused(String written, String why) {
        return new SessionException(
                ResultCode.E_INVALIDARG, "\"" + written + "\" is no sign-in name: " + why, "write it as name@domain");
    }
}
