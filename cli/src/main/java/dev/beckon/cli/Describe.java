package dev.beckon.cli;

import static dev.beckon.cli.Output.object;

import dev.beckon.Application;
import dev.beckon.Contact;
import dev.beckon.ContactStatus;
import dev.beckon.MissedInvitation;
import dev.beckon.Session;
import dev.beckon.SessionException;
import dev.beckon.SessionFlag;
import dev.beckon.SessionState;
import dev.beckon.cli.Output.Ink;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How the objects of the API look in lines and in JSON: the field names are stable. */
final class Describe {
    private Describe() {}

    static Map<String, @Nullable Object> contact(Contact contact) {
        return object(
                "contact", contact.signInName(),
                "name", contact.friendlyName(),
                "status", contact.status().name(),
                "listed", contact.isListed(),
                "blocked", contact.blocked());
    }

    static Map<String, @Nullable Object> application(Application application) {
        return object(
                "application", application.guid(),
                "name", application.name(),
                "url", application.url(),
                "path", application.path());
    }

    static Map<String, @Nullable Object> session(Session session) {
        return object(
                "session", session.sessionId(),
                "state", session.state().name(),
                "contact", session.user().signInName(),
                "role", session.flags().contains(SessionFlag.INVITER) ? "INVITER" : "INVITEE",
                "application", session.application(),
                "name", session.applicationName(),
                "remoteAddress", remoteAddress(session));
    }

    /**
     * What accepting an invitation does where the application is not registered here; empty where it is. The address
     * stands there in full, since it is going to be opened.
     */
    static String ifMissing(Session session) {
        if (session.flags().contains(SessionFlag.APP_INVITE_COMPATIBLE)) {
            return "";
        }
        String url = Output.printable(session.applicationUrl());
        return url.isEmpty()
                ? "not installed here, and the invitation names no download page"
                : "not installed here; accepting opens " + url;
    }

    private static @Nullable String remoteAddress(Session session) {
        try {
            return session.remoteAddress();
        } catch (SessionException e) {
            // Not known before CONNECTED.
            return null;
        }
    }

    static Map<String, @Nullable Object> missed(MissedInvitation missed) {
        return object(
                "session", missed.sessionId(),
                "contact", missed.from(),
                "application", missed.application(),
                "name", missed.applicationName(),
                "url", missed.applicationUrl(),
                "when", missed.when().toString(),
                "reason", missed.reason());
    }

    /** {@code be right back}. */
    static String words(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    static Ink ink(ContactStatus status) {
        return switch (status) {
            case ONLINE -> Ink.GOOD;
            case UNKNOWN, OFFLINE, INVISIBLE -> Ink.FAINT;
            default -> Ink.WAITING;
        };
    }

    static Ink ink(SessionState state) {
        return switch (state) {
            case CONNECTED -> Ink.GOOD;
            case READY, INVITATION, ACCEPTED -> Ink.WAITING;
            default -> Ink.FAINT;
        };
    }

    /** The application's name, or its GUID where it has none. */
    static String applicationName(Session session) {
        String name = session.applicationName();
        return name.isEmpty() ? session.application() : name;
    }
}
