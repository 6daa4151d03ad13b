package dev.beckon.local;

import dev.beckon.Application;
import dev.beckon.ChatMessage;
import dev.beckon.Contact;
import dev.beckon.ContactStatus;
import dev.beckon.Lock;
import dev.beckon.LockStatus;
import dev.beckon.Messenger;
import dev.beckon.MessengerListener;
import dev.beckon.MissedInvitation;
import dev.beckon.ResultCode;
import dev.beckon.Session;
import dev.beckon.SessionException;
import dev.beckon.SessionManager;
import dev.beckon.SessionManagerListener;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A messenger without a service: it keeps what it is told, writes down how it is called, and a test fires its events. */
final class FakeMessenger implements Messenger, SessionManager, Lock {
    static final String WHITEBOARD = "{5D1B2C3D-0000-4000-8000-00000000AB01}";

    final Hello hello;
    final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    final Map<String, FakeContact> contacts = new ConcurrentHashMap<>();
    final List<FakeSession> sessions = new CopyOnWriteArrayList<>();
    final List<Application> applications = new CopyOnWriteArrayList<>();
    final List<MessengerListener> listeners = new CopyOnWriteArrayList<>();
    final List<SessionManagerListener> managerListeners = new CopyOnWriteArrayList<>();
    final List<MissedInvitation> missed = new CopyOnWriteArrayList<>();
    final CountDownLatch closed = new CountDownLatch(1);
    final Messenger.Connection connection =
            new Connection(Connection.State.SIGNED_IN, Instant.parse("2026-11-20T12:00:00Z"), "");
    volatile Boolean applicationKnown;
    volatile LockStatus lockStatus = LockStatus.DISABLED;
    volatile FakeSession launching;
    volatile boolean signedIn = true;
    volatile CountDownLatch contactListGate = new CountDownLatch(0);
    volatile RuntimeException contactListFault;
    final AtomicInteger running = new AtomicInteger();

    FakeMessenger(Hello hello) {
        this.hello = hello;
        FakeContact self = contact("alice@a.example");
        self.self = true;
        self.status = ContactStatus.ONLINE;
        FakeContact bob = contact("bob@b.example");
        bob.listed = true;
        bob.friendlyName = "Bob";
        bob.status = ContactStatus.AWAY;
    }

    FakeSession session() {
        FakeSession session = new FakeSession(calls);
        sessions.add(session);
        return session;
    }

    @Override
    public Connection connection() {
        return connection;
    }

    @Override
    public Contact self() {
        if (!signedIn) {
            throw new SessionException(ResultCode.MSGR_E_NOT_LOGGED_ON, "nobody is signed in", "sign in");
        }
        return contact("alice@a.example");
    }

    @Override
    public void setStatus(ContactStatus status) {
        calls.add("setStatus " + status);
    }

    @Override
    public List<Contact> contacts() {
        if (contactListFault != null) {
            throw contactListFault;
        }
        running.incrementAndGet();
        try {
            contactListGate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            running.decrementAndGet();
        }
        return contacts.values().stream()
                .filter(c -> c.listed)
                .map(Contact.class::cast)
                .toList();
    }

    @Override
    public FakeContact contact(String signInName) {
        if (!signInName.contains("@")) {
            throw new SessionException(
                    ResultCode.E_INVALIDARG, "\"" + signInName + "\" has no domain", "write it as name@domain");
        }
        return contacts.computeIfAbsent(signInName, FakeContact::new);
    }

    @Override
    public void addContact(String signInName, String friendlyName) {
        calls.add("addContact " + signInName + " " + friendlyName);
        contact(signInName).listed = true;
    }

    @Override
    public void removeContact(String signInName) {
        calls.add("removeContact " + signInName);
        contact(signInName).listed = false;
    }

    @Override
    public List<Contact> contactRequests() {
        return List.of(contact("carol@c.example"));
    }

    @Override
    public List<Session> sessions() {
        return sessions.stream().map(Session.class::cast).toList();
    }

    @Override
    public List<MissedInvitation> missedInvitations() {
        return missed;
    }

    @Override
    public List<String> problems() {
        return List.of("/home/alice/.config/beckon/apps/x.conf: its name is no GUID; rename it");
    }

    @Override
    public Boolean applicationKnown(String signInName, String guid) {
        calls.add("applicationKnown " + signInName + " " + guid);
        return applicationKnown;
    }

    @Override
    public ChatMessage sendMessage(String signInName, String text) {
        calls.add("sendMessage " + signInName + " " + text);
        return new ChatMessage("m-1", signInName, true, text, Instant.EPOCH, ChatMessage.Fate.SENDING, "");
    }

    @Override
    public Session invite(Contact contact, String guid, String appData) {
        calls.add("messenger.invite " + contact.signInName() + " " + guid + " " + appData);
        FakeSession session = session();
        session.application = guid;
        session.invite(contact, appData);
        return session;
    }

    @Override
    public SessionManager sessionManager() {
        return this;
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
        closed.countDown();
    }

    @Override
    public Session createSession() {
        return session();
    }

    @Override
    public Session getLaunchingSession(long processId) {
        calls.add("getLaunchingSession " + processId);
        if (launching == null) {
            throw new SessionException(
                    ResultCode.E_FAIL, "the client launched no process " + processId, "call createSession instead");
        }
        return launching;
    }

    @Override
    public void registerApplication(Application application) {
        calls.add("registerApplication " + application.guid());
        application.check();
        for (Application known : applications) {
            if (known.guid().equals(application.guid())) {
                throw new SessionException(
                        ResultCode.SR_APP_ALREADY_REGISTERED, "it is registered", "unregister it first");
            }
        }
        applications.add(application);
    }

    @Override
    public void unregisterApplication(String guid) {
        calls.add("unregisterApplication " + guid);
        if (!applications.removeIf(application -> application.guid().equals(guid))) {
            throw new SessionException(ResultCode.SR_APP_NOT_REGISTERED, "it is not registered", "");
        }
    }

    @Override
    public List<Application> applications() {
        return applications;
    }

    @Override
    public Lock lock() {
        return this;
    }

    @Override
    public LockStatus status() {
        return lockStatus;
    }

    @Override
    public void requestChallenge(long cookie) {
        calls.add("requestChallenge " + cookie);
    }

    @Override
    public void sendResponse(String appId, String response, long cookie) {
        calls.add("sendResponse " + appId + " " + response + " " + cookie);
    }

    @Override
    public void addListener(SessionManagerListener listener) {
        managerListeners.add(listener);
    }

    @Override
    public void removeListener(SessionManagerListener listener) {
        managerListeners.remove(listener);
    }
}
