package dev.beckon.service.feature;

import dev.beckon.service.route.Hooks;
import dev.beckon.service.route.Jid;
import dev.beckon.service.route.Router;
import dev.beckon.service.route.Session;
import dev.beckon.service.route.StreamError;
import dev.beckon.service.route.StreamError.Condition;
import dev.beckon.service.store.Change;
import dev.beckon.service.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What administration does takes hold of those who are signed in: removed accounts, new passwords. */
final class AccountChanges {
    private static final Logger log = LoggerFactory.getLogger(AccountChanges.class);
    private static final StreamError REMOVED =
            StreamError.of(Condition.NOT_AUTHORIZED, "this account has been removed");
    private static final StreamError NEW_PASSWORD =
            StreamError.of(Condition.NOT_AUTHORIZED, "the password has been changed; sign in with the new one");

    private final Store store;
    private final Router router;
    private final Contacts contacts;

    AccountChanges(Store store, Router router, Contacts contacts) {
        this.store = store;
        this.router = router;
        this.contacts = contacts;
    }

    void install(Hooks hooks) {
        store.onChange(this::changed);
        // An account that was removed while its owner was signing in.
        hooks.sessionUp(session -> router.work(
                        () -> store.accounts().exists(session.jid().local()))
                .thenAccept(exists -> {
                    if (!exists) {
                        session.close(REMOVED);
                    }
                }));
    }

    private void changed(Change change) {
        if (change instanceof Change.AccountRemoved removed) {
            log.info("account {} was removed", removed.name());
            sessions(removed.name()).forEach(session -> session.close(REMOVED));
        } else if (change instanceof Change.PasswordChanged password) {
            log.info("account {} has a new password", password.name());
            for (Session session : sessions(password.name())) {
                if (!session.jid().toString().equals(password.by())) {
                    session.close(NEW_PASSWORD);
                }
            }
        } else if (change instanceof Change.ContactGone gone) {
            contactGone(account(gone.owner()), gone.contact());
        }
    }

    /** As RFC 6121 §3.2.3 and §3.3.3 have it for a contact that cancels both subscriptions. */
    private void contactGone(Jid owner, String contact) {
        store.rosters().item(owner.local(), contact).ifPresent(item -> contacts.push(owner, item));
        Jid from = Jid.parse(contact);
        if (from != null) {
            contacts.available(owner)
                    .forEach(session -> router.deliver(session, Contacts.unavailable(from, session.jid())));
        }
    }

    private Iterable<Session> sessions(String name) {
        return router.sessions(account(name));
    }

    private Jid account(String name) {
        return Jid.of(name, router.domain().domain());
    }
}
