package dev.beckon.service.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one account's roster says of one contact (RFC 6121 §2.1.2, and the states of its Appendix A).
 *
 * @param contact normalised bare JID
 * @param listed whether the owner sees it: a request from a stranger is kept here too, unlisted
 * @param name the owner's name for the contact, or null
 * @param groups without duplicates
 * @param subscription who sees whom
 * @param ask "pending out": the owner asked and has no answer
 * @param approved the owner said yes before being asked (RFC 6121 §3.4)
 * @param request "pending in": the presence stanza with which the contact asked, as it came; or null
 */
@SuppressWarnings("ArrayRecordComponent") // the stanza is handed on, never changed; the same one is the same array
public record RosterItem(
        String contact,
        boolean listed,
        @Nullable String name,
        List<String> groups,
        Subscription subscription,
        boolean ask,
        boolean approved,
        byte @Nullable [] request) {

    public RosterItem {
        groups = List.copyOf(groups);
    }

    /** A contact the owner's roster says nothing of: "None", unlisted. */
    public static RosterItem absent(String contact) {
        return new RosterItem(contact, false, null, List.of(), Subscription.NONE, false, false, null);
    }

    /** "Pending in". */
    public boolean pendingIn() {
        return request != null;
    }

    /** Whether this is what {@link #absent} gives, so that there is nothing to keep. */
    public boolean blank() {
        return !listed && subscription == Subscription.NONE && !ask && !approved && request == null;
    }

    public RosterItem withListed(boolean value) {
        return new RosterItem(contact, value, name, groups, subscription, ask, approved, request);
    }

    public RosterItem named(@Nullable String newName, List<String> newGroups) {
        return new RosterItem(contact, true, newName, newGroups, subscription, ask, approved, request);
    }

    public RosterItem withSubscription(Subscription value) {
        return new RosterItem(contact, listed, name, groups, value, ask, approved, request);
    }

    public RosterItem withAsk(boolean value) {
        return new RosterItem(contact, listed, name, groups, subscription, value, approved, request);
    }

    public RosterItem withApproved(boolean value) {
        return new RosterItem(contact, listed, name, groups, subscription, ask, value, request);
    }

    public RosterItem withRequest(byte @Nullable [] value) {
        return new RosterItem(contact, listed, name, groups, subscription, ask, approved, value);
    }
}
