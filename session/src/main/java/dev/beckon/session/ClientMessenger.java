package dev.beckon.session;

import dev.beckon.Application;
import dev.beckon.ChatMessage;
import dev.beckon.Contact;
import dev.beckon.ContactStatus;
import dev.beckon.Limits;
import dev.beckon.Messenger;
import dev.beckon.MessengerListener;
import dev.beckon.MissedInvitation;
import dev.beckon.ResultCode;
import dev.beckon.Session;
import dev.beckon.SessionException;
import dev.beckon.SessionManager;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One connection: the {@link Messenger} a window, a command or an application holds. */
final class ClientMessenger implements Messenger {
    /** Applications one connection may speak for. */
    private static final int SPEAKS = 256;

    final Client client;
    final Dispatcher dispatcher;
    final ClientSessionManager manager;
    private final Engine engine;
    private final List<MessengerListener> listeners = new CopyOnWriteArrayList<>();
    private final Set<String> speaks = new HashSet<>();
    private final Map<LiveSession, ClientSession> byWindow = new IdentityHashMap<>();
    private final Map<LiveSession, ClientSession> byManager = new IdentityHashMap<>();

    private boolean closed;

    ClientMessenger(Engine engine, Client client, Executor executor) {
        this.engine = engine;
        this.client = client;
        this.dispatcher = new Dispatcher(executor, () -> engine.run(() -> engine.lost(this)));
        this.manager = new ClientSessionManager(engine, this);
        speakFor(client.application());
    }

    // ---- who is signed in

    @Override
    public Connection connection() {
        return engine.connection();
    }

    @Override
    public Contact self() {
        return engine.call(() -> {
            Jid self = engine.self();
            if (self == null) {
                throw new SessionException(
                        ResultCode.MSGR_E_NOT_LOGGED_ON, "nobody has signed in yet", "try again after signing in");
            }
            return engine.book.contact(self.bare());
        });
    }

    @Override
    public void setStatus(ContactStatus status) {
        if (status == ContactStatus.UNKNOWN || status == ContactStatus.OFFLINE) {
            throw new SessionException(
                    ResultCode.E_INVALIDARG, "one cannot show oneself as " + status, "choose another status");
        }
        engine.book.show(status);
    }

    // ---- contacts

    @Override
    public List<Contact> contacts() {
        return engine.book.listed();
    }

    @Override
    public Contact contact(String signInName) {
        return engine.call(() -> engine.book.contact(prepare(signInName)));
    }

    /** RFC 7622 §3.1: full addresses name devices, not people; the contact list prepares what is left. */
    private String prepare(String signInName) {
        Limits.signInName(signInName);
        return engine.ports.contacts().prepare(signInName);
    }

    @Override
    public void addContact(String signInName, @Nullable String friendlyName) {
        if (friendlyName != null) {
            Limits.text("friendly name", friendlyName, Limits.NAME_CHARACTERS);
        }
        String bare = engine.call(() -> prepare(signInName));
        if (engine.book.isSelf(bare)) {
            throw new SessionException(
                    ResultCode.SR_INVITED_SELF, "one cannot be one's own contact", "use another sign-in name");
        }
        engine.book.add(bare, friendlyName);
    }

    @Override
    public void removeContact(String signInName) {
        String bare = engine.call(() -> {
            String prepared = prepare(signInName);
            if (!engine.isListed(prepared)
                    && !engine.ports.contacts().requests().contains(prepared)) {
                throw new SessionException(
                        ResultCode.E_INVALIDARG, prepared + " is not in the contact list", "see contacts()");
            }
            return prepared;
        });
        engine.book.remove(bare);
    }

    @Override
    public List<Contact> contactRequests() {
        return engine.book.requests();
    }

    // ---- sessions

    @Override
    public List<Session> sessions() {
        return engine.call(() -> engine.sessions.shown().stream()
                .<Session>map(this::windowSession)
                .toList());
    }

    @Override
    public List<MissedInvitation> missedInvitations() {
        return engine.call(engine.sessions::missed);
    }

    @Override
    public List<String> problems() {
        return engine.problems();
    }

    @Override
    public Session invite(Contact contact, String guid, @Nullable String appData) {
        return engine.call(() -> {
            checkOpen();
            LiveSession session = engine.sessions.create(null);
            try {
                manager.choose(session, guid);
                engine.sessions.invite(session, contact.signInName(), appData, engine.locks.ticket(guid));
            } catch (SessionException e) {
                engine.sessions.discard(session);
                throw e;
            }
            return windowSession(session);
        });
    }

    @Override
    public @Nullable Boolean applicationKnown(String signInName, String guid) {
        return engine.call(
                        () -> Optional.ofNullable(engine.installations.known(prepare(signInName), Limits.guid(guid))))
                .orElse(null);
    }

    @Override
    public ChatMessage sendMessage(String signInName, String text) {
        return engine.call(() -> {
            checkOpen();
            return engine.messages.send(signInName, text);
        });
    }

    // ---- applications: what the user does is not held back by the lock

    @Override
    public List<Application> applications() {
        return engine.call(() -> {
            checkOpen();
            return List.copyOf(engine.ports.registry().applications());
        });
    }

    @Override
    public void registerApplication(Application application) {
        engine.act(() -> {
            checkOpen();
            engine.ports.registry().register(application.check());
        });
    }

    @Override
    public void unregisterApplication(String guid) {
        engine.act(() -> {
            checkOpen();
            engine.ports.registry().unregister(Limits.guid(guid));
        });
    }

    @Override
    public SessionManager sessionManager() {
        return manager;
    }

    @Override
    public void addListener(MessengerListener listener) {
        listeners.add(listener);
    }

    @Override
    public void removeListener(MessengerListener listener) {
        listeners.remove(listener);
    }

    @Override
    public void close() {
        engine.act(() -> engine.lost(this));
    }

    // ---- on the engine's thread

    /**
     * Lets pass while the connection is there.
     *
     * @throws SessionException E_FAIL
     */
    void checkOpen() {
        if (closed) {
            throw new SessionException(ResultCode.E_FAIL, "the connection is closed", "connect again");
        }
    }

    void speakFor(@Nullable String guid) {
        if (guid != null && !guid.isEmpty() && speaks.size() < SPEAKS) {
            speaks.add(guid.toUpperCase(Locale.ROOT));
        }
    }

    boolean speaksFor(String guid) {
        return speaks.contains(guid);
    }

    boolean speaksForNone() {
        return speaks.isEmpty();
    }

    /** Whether its process found this session's ID in its environment. */
    boolean wasLaunchedFor(LiveSession session) {
        String id = client.launchedFor();
        return id != null && engine.sessions.byId(id) == session;
    }

    /** The session as this connection's window sees it: the lock does not concern it. */
    ClientSession windowSession(LiveSession session) {
        return byWindow.computeIfAbsent(session, s -> new ClientSession(engine, this, s, false));
    }

    /** The session as this connection's application sees it. */
    ClientSession managerSession(LiveSession session) {
        return byManager.computeIfAbsent(session, s -> new ClientSession(engine, this, s, true));
    }

    void forget(LiveSession session) {
        byWindow.remove(session);
        byManager.remove(session);
    }

    void deliver(LiveSession session, Happening happening) {
        ClientSession application = byManager.get(session);
        if (application != null) {
            application.deliver(happening);
        }
        ClientSession window = byWindow.get(session);
        if (window != null) {
            window.deliver(happening);
        }
    }

    /** The lock opened: what was held back is told. */
    void flush() {
        List.copyOf(byManager.values()).forEach(ClientSession::flush);
    }

    /** Asks, on the connection's thread, whether it objects to a launch; null where nobody listens to the session. */
    @Nullable
    BooleanSupplier objection(LiveSession session) {
        List<ClientSession> listening = Stream.of(byManager.get(session), byWindow.get(session))
                .filter(Objects::nonNull)
                .filter(ClientSession::isListening)
                .toList();
        if (listening.isEmpty()) {
            return null;
        }
        return () -> listening.stream().filter(ClientSession::objects).count() > 0;
    }

    void tellWindows(Consumer<MessengerListener> call) {
        if (listeners.isEmpty()) {
            return;
        }
        List<MessengerListener> now = List.copyOf(listeners);
        dispatcher.post(() -> {
            for (MessengerListener listener : now) {
                if (listeners.contains(listener)) {
                    Dispatcher.guard(() -> call.accept(listener));
                }
            }
        });
    }

    /** The same, about a session. */
    void tellWindows(LiveSession session, BiConsumer<MessengerListener, Session> call) {
        if (!listeners.isEmpty()) {
            Session facade = windowSession(session);
            tellWindows(l -> call.accept(l, facade));
        }
    }

    /** It ends: what is posted is still called, nothing more is. */
    void shut() {
        closed = true;
        manager.lock.close();
        dispatcher.close();
        byWindow.clear();
        byManager.clear();
    }
}
