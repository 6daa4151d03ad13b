package dev.beckon.session;

import dev.beckon.Application;
import dev.beckon.Contact;
import dev.beckon.ContactStatus;
import dev.beckon.Messenger;
import dev.beckon.MessengerListener;
import dev.beckon.ResultCode;
import dev.beckon.Session;
import dev.beckon.SessionException;
import dev.beckon.SessionListener;
import dev.beckon.SessionManagerListener;
import dev.beckon.SessionState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One device of a person: an engine, everything around it in memory, and what one does at a window. */
final class Device {
    static final String BOARD = "{5D1B0000-0000-0000-0000-000000000001}";
    static final String CHESS = "{5D1B0000-0000-0000-0000-000000000002}";

    final Network network;
    final TurnedScheduler scheduler;
    final Network.Line line;
    final String address;
    final Contacts contacts = new Contacts();
    final Talk talk = new Talk();
    final Authority authority = new Authority();
    final Applications registry = new Applications();
    final Programs launcher = new Programs();
    final Paths paths = new Paths();
    final Rules rules = new Rules();
    final Engine engine;
    final Messenger window;
    final Heard heard = new Heard();
    final List<Session> toAnswer = new ArrayList<>();
    final List<Session> seen = new ArrayList<>();
    final Map<Session, Heard> events = new HashMap<>();

    Device(Network network, String bare, String resource, String address) {
        this(network, bare, resource, address, Settings.DEFAULT);
    }

    Device(Network network, String bare, String resource, String address, Settings settings) {
        this.network = network;
        this.scheduler = network.scheduler;
        this.address = address;
        this.line = network.new Line(new Jid(bare, resource));
        this.engine = new Engine(
                new Ports(line, contacts, talk, authority, registry, launcher, paths, rules, scheduler),
                settings,
                scheduler::execute,
                () -> new java.util.UUID(network.random.nextLong(), network.random.nextLong()));
        this.window = engine.connect(new Client(1, null, null));
        window.addListener(new MessengerListener() {
            @Override
            public void onSession(Session session) {
                seen.add(session);
                session.addListener(events.computeIfAbsent(session, s -> new Heard()));
            }

            @Override
            public void onInvitationToAnswer(Session session) {
                toAnswer.add(session);
            }
        });
        line.signIn();
        authority.listener.enabled(authority.locks);
        scheduler.settle();
    }

    Device with(String guid, String name) {
        registry.add(new Application(guid, name, "https://apps.example/" + name, "/opt/" + name));
        scheduler.settle();
        return this;
    }

    Device knows(String bare) {
        contacts.entries.put(
                bare, new ContactList.Entry(bare, "", true, true, ContactStatus.ONLINE, Set.of(new Jid(bare, "x"))));
        return this;
    }

    Contact contact(String bare) {
        return window.contact(bare);
    }

    /** Invites from the window. */
    Session invites(String bare, String guid, @Nullable String data) {
        Session session = window.invite(contact(bare), guid, data);
        scheduler.settle();
        return session;
    }

    Heard heardOf(Session session) {
        return events.getOrDefault(session, new Heard());
    }

    /** The invitation the window was asked about last. */
    Session asked() {
        return toAnswer.get(toAnswer.size() - 1);
    }

    App app(long pid, @Nullable String guid, @Nullable String launchedFor) {
        return new App(this, new Client(pid, guid, launchedFor));
    }

    /** The program that was launched last attaches. */
    App launchedApp() {
        Programs.Started started = launcher.started.get(launcher.started.size() - 1);
        App app = app(started.pid, null, started.sessionId);
        app.session = app.messenger.sessionManager().getLaunchingSession(started.pid);
        app.session.addListener(app.heard);
        scheduler.settle();
        return app;
    }

    void settle() {
        scheduler.settle();
    }

    static @Nullable ResultCode failure(Runnable call) {
        try {
            call.run();
            return null;
        } catch (SessionException e) {
            return e.code();
        }
    }

    /** An application connected to a device. */
    static final class App {
        final Messenger messenger;
        final Heard heard = new Heard();
        final List<Session> invited = new ArrayList<>();
        final List<Session> handed = new ArrayList<>();
        final Device device;
        boolean handles;
        Session session;

        App(Device device, Client client) {
            this.device = device;
            this.messenger = device.engine.connect(client);
            messenger.sessionManager().addListener(new SessionManagerListener() {
                @Override
                public boolean onInvitation(Session session, @Nullable String appData) {
                    invited.add(session);
                    session.addListener(heard);
                    return handles;
                }

                @Override
                public void onLaunchingSession(Session session) {
                    handed.add(session);
                    session.addListener(heard);
                }

                @Override
                public void onAppShutdown() {
                    heard.add("shutdown");
                }
            });
            device.settle();
        }

        Session creates(String guid) {
            session = messenger.sessionManager().createSession();
            session.setApplication(guid);
            session.addListener(heard);
            return session;
        }

        Session invites(String bare, String guid, @Nullable String data) {
            creates(guid).invite(messenger.contact(bare), data);
            device.settle();
            return session;
        }
    }

    /** What a listener heard, one line each. */
    static final class Heard extends ArrayList<String> implements SessionListener {
        private static final long serialVersionUID = 1L;
        boolean launches = true;
        int asked;
        final transient Map<Session, List<String>> bySession = new HashMap<>();

        private void note(Session session, String event) {
            add(event);
            bySession.computeIfAbsent(session, s -> new ArrayList<>()).add(event);
        }

        @Override
        public void onStateChanged(Session session, SessionState previous) {
            note(session, "from " + previous);
        }

        @Override
        public void onAccepted(Session session, @Nullable String appData) {
            note(session, "accepted " + appData);
        }

        @Override
        public void onDeclined(Session session, @Nullable String appData) {
            note(session, "declined " + appData);
        }

        @Override
        public void onCancelled(Session session, @Nullable String appData) {
            note(session, "cancelled " + appData);
        }

        @Override
        public void onAppNotPresent(Session session, String name, String url) {
            note(session, "not present " + name + " " + url);
        }

        @Override
        public void onReadyToLaunch(Session session) {
            note(session, "ready to launch");
        }

        @Override
        public boolean beforeAppLaunch(Session session) {
            asked++;
            return launches;
        }

        @Override
        public void onContextData(Session session, String data) {
            note(session, "context " + data);
        }

        @Override
        public void onSendError(Session session, ResultCode code) {
            note(session, "send error " + code.name());
        }

        @Override
        public void onTermination(Session session, ResultCode code, @Nullable String appData) {
            note(session, "terminated " + code.name() + " " + appData);
        }
    }

    static final class Contacts implements ContactList {
        final Map<String, Entry> entries = new TreeMap<>();
        final Set<String> blocked = new HashSet<>();

        @Override
        public void start(Listener listener) {}

        @Override
        public List<Entry> entries() {
            return List.copyOf(entries.values());
        }

        @Override
        public @Nullable Entry entry(String bare) {
            return entries.get(bare);
        }

        @Override
        public Set<String> requests() {
            return Set.of();
        }

        @Override
        public Set<String> blocked() {
            return blocked;
        }

        @Override
        public CompletionStage<Void> add(String bare, @Nullable String name) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<Void> remove(String bare) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<Void> block(String bare, boolean now) {
            if (now) {
                blocked.add(bare);
            } else {
                blocked.remove(bare);
            }
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<Void> status(ContactStatus status) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public String prepare(String signInName) {
            if (signInName.indexOf('@') <= 0) {
                throw new SessionException(ResultCode.E_INVALIDARG, "no sign-in name", "write it as name@domain");
            }
            return signInName.toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** What is written, with its receipts in the hands of the test. */
    static final class Talk implements Chat {
        record Written(String bare, String text, Carrier.Receipt receipt) {}

        final List<Written> written = new ArrayList<>();
        Receiver receiver;

        @Override
        public void start(Receiver receiver) {
            this.receiver = receiver;
        }

        @Override
        public void send(String bare, String text, Carrier.Receipt receipt) {
            written.add(new Written(bare, text, receipt));
        }
    }

    static final class Authority implements LockAuthority {
        Listener listener;
        boolean locks;
        CompletableFuture<Challenge> challenge = new CompletableFuture<>();
        CompletableFuture<Ticket> judgement = new CompletableFuture<>();
        String goodTicket = "good";

        @Override
        public void start(Listener listener) {
            this.listener = listener;
        }

        @Override
        public CompletionStage<Challenge> challenge(long cookie) {
            challenge = new CompletableFuture<>();
            return challenge;
        }

        @Override
        public CompletionStage<Ticket> respond(long cookie, String appId, String response) {
            judgement = new CompletableFuture<>();
            return judgement;
        }

        @Override
        public CompletionStage<String> judge(String ticket, String fromBare, String guid) {
            return CompletableFuture.completedFuture(ticket.equals(goodTicket) ? "" : "the ticket is forged");
        }

        Ticket ticketUntil(Instant end, String... guids) {
            return new Ticket(goodTicket, Set.of(guids), end);
        }
    }

    static final class Applications implements Registry {
        final Map<String, Application> all = new LinkedHashMap<>();
        Listener listener;

        @Override
        public void start(Listener listener) {
            this.listener = listener;
        }

        @Override
        public List<Application> applications() {
            return List.copyOf(all.values());
        }

        @Override
        public @Nullable Application application(String guid) {
            return all.get(guid);
        }

        @Override
        public void register(Application application) {
            if (all.containsKey(application.guid())) {
                throw new SessionException(ResultCode.SR_APP_ALREADY_REGISTERED, "there already", "");
            }
            add(application);
        }

        void add(Application application) {
            all.put(application.guid(), application);
            listener.registered(application.guid());
        }

        @Override
        public void unregister(String guid) {
            if (all.remove(guid) == null) {
                throw new SessionException(ResultCode.SR_APP_NOT_REGISTERED, "not there", "");
            }
            listener.unregistered(guid);
        }
    }

    static final class Programs implements Launcher {
        static final class Started {
            long pid;
            String sessionId;
            Application application;
            Process process;
        }

        final List<Started> started = new ArrayList<>();
        final List<String> pages = new ArrayList<>();
        boolean fails;
        private long next = 1000;

        @Override
        public void launch(Application application, String sessionId, Process process) {
            if (fails) {
                process.failed("no such file");
                return;
            }
            Started program = new Started();
            program.pid = next++;
            program.sessionId = sessionId;
            program.application = application;
            program.process = process;
            started.add(program);
            process.started(program.pid);
        }

        @Override
        public long launchedAncestor(long pid) {
            return started.stream().anyMatch(p -> p.pid == pid) ? pid : 0;
        }

        @Override
        public void openDownloadPage(String url) {
            pages.add(url);
        }
    }

    /** The addresses transport with this device's address, counting what is open. */
    final class Paths implements Path.Factory {
        private final AddressPaths real = new AddressPaths(() -> address);
        int opened;
        int open;
        boolean fails;

        @Override
        public List<String> transports() {
            return real.transports();
        }

        @Override
        public String localAddress() {
            return real.localAddress();
        }

        @Override
        public Path open(String transport, String sid, boolean inviter) {
            Path path = real.open(transport, sid, inviter);
            opened++;
            open++;
            return new Path() {
                @Override
                public void prepare(@Nullable String chosenAddress, Events events) {
                    if (fails) {
                        events.failed("no way");
                    } else {
                        path.prepare(chosenAddress, events);
                    }
                }

                @Override
                public void remote(Signal.Endpoint endpoint) {
                    path.remote(endpoint);
                }

                @Override
                public void close() {
                    open--;
                    path.close();
                }
            };
        }
    }

    static final class Rules implements Policy {
        boolean strangers;
        boolean unasked;
        boolean http;

        @Override
        public boolean mayRing(String bare, boolean contact, String guid) {
            return contact || strangers;
        }

        @Override
        public boolean acceptUnasked(String bare, boolean contact, String guid) {
            return unasked;
        }

        @Override
        public boolean plainHttp() {
            return http;
        }
    }

    static Duration seconds(long seconds) {
        return Duration.ofSeconds(seconds);
    }
}
