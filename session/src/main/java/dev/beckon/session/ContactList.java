package dev.beckon.session;

import dev.beckon.ContactStatus;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The user's contact list (RFC 6121) and blocklist (XEP-0191). Reads answer at once from what is known; changes complete
 * when the service has taken them, or fail with a {@link dev.beckon.SessionException}.
 */
public interface ContactList {
    /** Tells the listener what changes from now on; any thread. */
    void start(Listener listener);

    /** The list; empty before sign-in, as last known while disconnected. */
    List<Entry> entries();

    /** One entry; null for somebody not in the list. */
    @Nullable
    Entry entry(String bare);

    /** Bare addresses that ask to see this user's status and are not answered yet. */
    Set<String> requests();

    /** Blocked bare addresses. */
    Set<String> blocked();

    /** Adds or renames, and asks for the contact's status; agrees to a request there may be. */
    CompletionStage<Void> add(String bare, @Nullable String name);

    /** Removes; refuses a request there may be. */
    CompletionStage<Void> remove(String bare);

    /** Blocks or unblocks. */
    CompletionStage<Void> block(String bare, boolean blocked);

    /** Shows the user as this. */
    CompletionStage<Void> status(ContactStatus status);

    /** Prepared bare address (RFC 7622) of a sign-in name; SessionException E_INVALIDARG where it is none. */
    String prepare(String signInName);

    /**
     * A contact.
     *
     * @param name what the user calls it; empty where nothing
     * @param trusted subscription is both, from or to: may ring
     * @param seen subscription is both or to: {@code status} is known
     * @param devices full addresses now available
     */
    record Entry(String bare, String name, boolean trusted, boolean seen, ContactStatus status, Set<Jid> devices) {}

    /** What changes. */
    interface Listener {
        /** An entry was added, removed, renamed, or has another status; blocked or unblocked. */
        void changed(String bare);

        /** Somebody asks to see this user's status. */
        void requested(String bare);
    }
}
