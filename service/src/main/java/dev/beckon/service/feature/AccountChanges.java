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

/**
 * What administration does takes hold of those who are signed in: a removed account or a new password ends every stream that was
 * opened with what no longer signs in.
 */
final class AccountChanges {
    private static final Logger log = LoggerFactory.getLogger(AccountChanges.class);
    private static final StreamError NO_LONGER = StreamError.of(
            Condition.NOT_AUTHORIZED, "the password has been changed or the account removed; sign in again");

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
        // Either the change is seen here, or the session is found when the change is told.
        hooks.sessionUp(session -> router.work(() -> {
            endIfOutdated(session);
            return session;
        }));
    }

    private void changed(Change change) {
        if (change instanceof Change.AccountRemoved removed) {
            log.info("account {} was removed", removed.name());
            router.sessions(account(removed.name())).forEach(this::endIfOutdated);
        } else if (change instanceof Change.PasswordChanged password) {
            log.info("account {} has a new password", password.name());
            for (Session session : router.sessions(account(password.name()))) {
                if (!session.jid().toString().equals(password.by())) {
                    endIfOutdated(session);
                }
            }
        } else if (change instanceof Change.ContactGone gone) {
            contactGone(account(gone.owner()), gone.contact());
        }
    }

    private void endIfOutdated(Session session) {
        byte[] salt = session.attribute(Session.SALT);
        if (salt == null || !store.accounts().signsIn(session.jid().local(), salt)) {
            session.close(NO_LONGER);
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

    private Jid account(String name) {
        return Jid.of(name, router.domain().domain());
    }
}
