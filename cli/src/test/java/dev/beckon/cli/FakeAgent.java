package dev.beckon.cli;

import dev.beckon.Application;
import dev.beckon.Contact;
import dev.beckon.ContactStatus;
import dev.beckon.Lock;
import dev.beckon.LockStatus;
import dev.beckon.Messenger;
import dev.beckon.MissedInvitation;
import dev.beckon.ResultCode;
import dev.beckon.Session;
import dev.beckon.SessionException;
import dev.beckon.SessionFlag;
import dev.beckon.SessionListener;
import dev.beckon.SessionManager;
import dev.beckon.SessionState;
import dev.beckon.agent.Agent;
import dev.beckon.local.LocalEndpoint;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;

/** An agent at its real socket, with a messenger whose state is what a test says. */
final class FakeAgent implements AutoCloseable {
    static final String GUID = "{5D1B1C2E-7A0F-4C39-9B6E-2F4B8C0A71D3}";
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

    /** What commands asked it to do, in order. */
    final List<String> asked = new CopyOnWriteArrayList<>();

    final List<Session> sessions = new CopyOnWriteArrayList<>();
    final List<Application> applications =
            new CopyOnWriteArrayList<>(List.of(new Application(GUID, "Whiteboard", "", "/usr/bin/whiteboard")));
    private final Map<String, Contact> contacts = new ConcurrentHashMap<>();
    private final LocalEndpoint endpoint;

    FakeAgent(Path home) {
        contacts.put("bob@example.org", contact("bob@example.org", "Bob", ContactStatus.ONLINE, false));
        contacts.put("eve@example.org", contact("eve@example.org", "Eve", ContactStatus.OFFLINE, true));
        endpoint = LocalEndpoint.open(Agent.socketOf(home), hello -> messenger());
    }

    @Override
    public void close() {
        endpoint.close();
    }

    /** What a fake answers: some members as given, collections empty, everything else null or nothing. */
    private static <T> T fake(Class<T> type, Map<String, Member> members) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, given) -> {
            Member member = members.get(method.getName());
            if (member != null) {
                return member.call(given == null ? new Object[0] : given);
            }
            return switch (method.getName()) {
                case "equals" -> self == given[0];
                case "hashCode" -> System.identityHashCode(self);
                case "toString" -> type.getSimpleName();
                default -> method.getReturnType() == List.class ? List.of() : null;
            };
        }));
    }

    private interface Member {
        Object call(Object[] given);
    }

    private static Member is(Object value) {
        return given -> value;
    }

    private Contact contact(String address, String name, ContactStatus status, boolean blocked) {
        return fake(
                Contact.class,
                Map.of(
                        "signInName", is(address),
                        "friendlyName", is(name),
                        "serviceId", is("example.org"),
                        "serviceName", is("example.org"),
                        "status", is(status),
                        "isSelf", is(address.startsWith("alice@")),
                        "isListed", is(true),
                        "blocked", is(blocked),
                        "setBlocked", note("block")));
    }

    private Member note(String what) {
        return given -> {
            StringBuilder line = new StringBuilder(what);
            for (Object value : given) {
                line.append(' ').append(value instanceof Contact contact ? contact.signInName() : value);
            }
            asked.add(line.toString());
            return null;
        };
    }

    private Contact person(String address) {
        return contacts.computeIfAbsent(address, unknown -> contact(unknown, unknown, ContactStatus.UNKNOWN, false));
    }

    /** Where the application of every session can be downloaded. */
    String url = "";

    /** A session in a state; {@code course} plays what happens to it once somebody listens. */
    Session session(String id, SessionState state, SessionFlag role, BiConsumer<Session, SessionListener> course) {
        Session[] self = new Session[1];
        SessionState[] now = {state};
        self[0] = fake(
                Session.class,
                Map.ofEntries(
                        Map.entry("sessionId", is(id)),
                        Map.entry("state", given -> now[0]),
                        Map.entry("flags", is(Set.of(role))),
                        Map.entry("application", is(GUID)),
                        Map.entry("applicationName", is("Whiteboard")),
                        Map.entry("applicationUrl", given -> url),
                        Map.entry("localAddress", is("127.0.0.1")),
                        Map.entry("user", given -> person("bob@example.org")),
                        Map.entry("remoteAddress", given -> {
                            throw new SessionException(ResultCode.SR_SESSION_STATE_INVALID, "not connected", "");
                        }),
                        Map.entry("accept", note("accept " + id)),
                        Map.entry("decline", note("decline " + id)),
                        Map.entry("cancel", note("cancel " + id)),
                        Map.entry("addListener", given -> {
                            course.accept(self[0], (SessionListener) given[0]);
                            return null;
                        })));
        return self[0];
    }

    /** What becomes of the next invitation. */
    BiConsumer<Session, SessionListener> course = (session, listener) -> {};

    private Messenger messenger() {
        Lock lock = fake(Lock.class, Map.of("status", is(LockStatus.DISABLED)));
        SessionManager manager = fake(SessionManager.class, Map.of("lock", is(lock)));
        return fake(
                Messenger.class,
                Map.ofEntries(
                        Map.entry(
                                "connection",
                                is(new Messenger.Connection(Messenger.Connection.State.SIGNED_IN, NOON, ""))),
                        Map.entry("self", given -> person("alice@example.org")),
                        Map.entry("contacts", given -> List.of(person("bob@example.org"), person("eve@example.org"))),
                        Map.entry("contact", given -> person((String) given[0])),
                        Map.entry("addContact", note("add")),
                        Map.entry("removeContact", note("remove")),
                        Map.entry("setStatus", note("status")),
                        Map.entry("sessions", given -> List.copyOf(sessions)),
                        Map.entry(
                                "problems",
                                given -> List.of(
                                        "/home/a/apps/x.conf, line 3: key nmae is not known; the keys here are name, url, path")),
                        Map.entry(
                                "missedInvitations",
                                given -> List.of(new MissedInvitation(
                                        "{CA3CF894-5325-482F-A412-A6E9F832298D}",
                                        "bob@example.org",
                                        GUID,
                                        "Whiteboard",
                                        "",
                                        NOON,
                                        "not answered in time"))),
                        Map.entry("applications", given -> List.copyOf(applications)),
                        Map.entry("registerApplication", given -> {
                            if (((Application) given[0]).guid().equals(GUID)) {
                                throw new SessionException(
                                        ResultCode.SR_APP_ALREADY_REGISTERED,
                                        "it is registered",
                                        "unregister it first");
                            }
                            applications.add((Application) given[0]);
                            return null;
                        }),
                        Map.entry("unregisterApplication", note("unregister")),
                        Map.entry("sessionManager", is(manager)),
                        Map.entry("invite", given -> {
                            Contact invited = (Contact) given[0];
                            asked.add("invite " + invited.signInName() + " " + given[1] + " " + given[2]);
                            if (!invited.status().isSignedIn()) {
                                throw new SessionException(
                                        ResultCode.MSGR_E_NOT_LOGGED_ON, "Eve is not signed in", "try again later");
                            }
                            Session session = session(
                                    "{CA3CF894-5325-482F-A412-A6E9F832298D}",
                                    SessionState.INVITATION,
                                    SessionFlag.INVITER,
                                    course);
                            sessions.add(session);
                            return session;
                        })));
    }
}
