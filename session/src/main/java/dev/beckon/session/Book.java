package dev.beckon.session;

import dev.beckon.Contact;
import dev.beckon.ContactStatus;
import dev.beckon.ResultCode;
import dev.beckon.SessionException;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The contacts: one object per address, for as long as somebody holds it; and the changes to the contact list. */
final class Book implements ContactList.Listener {
    private static final long CHANGE_SECONDS = 20;

    private final Engine engine;
    private final Map<String, Reference> contacts = new HashMap<>();
    private final ReferenceQueue<KnownContact> dropped = new ReferenceQueue<>();
    private ContactStatus shown = ContactStatus.ONLINE;

    Book(Engine engine) {
        this.engine = engine;
    }

    private static final class Reference extends WeakReference<KnownContact> {
        private final String bare;

        Reference(KnownContact contact, ReferenceQueue<KnownContact> queue) {
            super(contact, queue);
            this.bare = contact.bare;
        }
    }

    /** The one object for this address. On the engine's thread. */
    KnownContact contact(String bare) {
        for (var gone = dropped.poll(); gone != null; gone = dropped.poll()) {
            contacts.remove(((Reference) gone).bare, gone);
        }
        Reference known = contacts.get(bare);
        KnownContact contact = known == null ? null : known.get();
        if (contact == null) {
            contact = new KnownContact(this, bare);
            contacts.put(bare, new Reference(contact, dropped));
        }
        return contact;
    }

    List<Contact> listed() {
        return engine.call(() -> engine.ports.contacts().entries().stream()
                .sorted(Comparator.comparing((ContactList.Entry e) -> friendly(e), String.CASE_INSENSITIVE_ORDER)
                        .thenComparing(ContactList.Entry::bare))
                .<Contact>map(e -> contact(e.bare()))
                .toList());
    }

    List<Contact> requests() {
        return engine.call(() -> engine.ports.contacts().requests().stream()
                .sorted()
                .<Contact>map(this::contact)
                .toList());
    }

    private static String friendly(ContactList.Entry entry) {
        return entry.name().isEmpty() ? entry.bare() : entry.name();
    }

    String friendlyName(String bare) {
        return engine.call(() -> {
            ContactList.Entry entry = engine.ports.contacts().entry(bare);
            return entry == null ? bare : friendly(entry);
        });
    }

    ContactStatus status(String bare) {
        return engine.call(() -> {
            if (isSelf(bare)) {
                return engine.isOnline() ? shown : ContactStatus.OFFLINE;
            }
            ContactList.Entry entry = engine.ports.contacts().entry(bare);
            return entry == null || !entry.seen() || !engine.isOnline() ? ContactStatus.UNKNOWN : entry.status();
        });
    }

    boolean isSelf(String bare) {
        Jid self = engine.self();
        return self != null && self.bare().equals(bare);
    }

    boolean isListed(String bare) {
        return engine.call(() -> engine.isListed(bare));
    }

    boolean isBlocked(String bare) {
        return engine.call(() -> engine.isBlocked(bare));
    }

    // ---- changes

    void show(ContactStatus status) {
        change(() -> {
            shown = status;
            return engine.ports.contacts().status(status);
        });
    }

    void block(String bare, boolean blocked) {
        change(() -> engine.ports.contacts().block(bare, blocked));
    }

    void add(String bare, @Nullable String name) {
        change(() -> engine.ports.contacts().add(bare, name));
    }

    void remove(String bare) {
        change(() -> engine.ports.contacts().remove(bare));
    }

    /** Starts a change on the engine's thread and waits for the service to take it on the caller's. */
    private void change(Supplier<CompletionStage<Void>> start) {
        CompletionStage<Void> stage = engine.call(() -> {
            engine.checkOnline();
            return start.get();
        });
        if (engine.ports.scheduler().isEngineThread()) {
            return; // Whoever calls from here must not wait for what this thread has to do.
        }
        try {
            stage.toCompletableFuture().get(CHANGE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            Throwable cause =
                    e.getCause() instanceof CompletionException c && c.getCause() != null ? c.getCause() : e.getCause();
            if (cause instanceof SessionException refused) {
                throw refused;
            }
            throw failed("the service refused: " + (cause == null ? "no reason given" : cause.getMessage()));
        } catch (TimeoutException e) {
            throw failed("the service did not answer in " + CHANGE_SECONDS + " s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed("interrupted while waiting for the service");
        }
    }

    private static SessionException failed(String problem) {
        return new SessionException(ResultCode.E_FAIL, problem, "try again later");
    }

    // ---- what the contact list tells

    @Override
    public void changed(String bare) {
        engine.run(() -> {
            KnownContact contact = contact(bare);
            engine.clients().forEach(c -> c.tellWindows(l -> l.onContactChanged(contact)));
        });
    }

    @Override
    public void requested(String bare) {
        engine.run(() -> {
            KnownContact contact = contact(bare);
            engine.clients().forEach(c -> c.tellWindows(l -> l.onContactRequest(contact)));
        });
    }
}
