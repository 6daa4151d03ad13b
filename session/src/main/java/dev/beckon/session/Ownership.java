package dev.beckon.session;

import dev.beckon.Application;
import dev.beckon.MessengerListener;
import dev.beckon.SessionState;
import dev.beckon.session.Call.Role;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which connected application has a session, and how it comes to have it: it made or accepted it, it runs already and is
 * handed it, it objects to a launch because it sees to that itself, or it is launched and attaches.
 */
final class Ownership {
    /** Happenings kept for an application that has not attached yet. */
    static final int KEPT = 256;

    private static final System.Logger LOG = System.getLogger(Ownership.class.getName());

    private final Engine engine;
    private final LiveSession session;
    private final Set<ClientMessenger> asked = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<Happening> kept = new ArrayDeque<>();
    private @Nullable ClientMessenger owner;
    private @Nullable ClientMessenger asker;
    /** True from when clients are asked whether to launch until the application is there. */
    private boolean awaited;

    private long pid;

    Ownership(Engine engine, LiveSession session) {
        this.engine = engine;
        this.session = session;
    }

    @Nullable
    ClientMessenger owner() {
        return owner;
    }

    void own(@Nullable ClientMessenger client) {
        owner = client;
    }

    long pid() {
        return pid;
    }

    // ---- an invitation came

    /** Applications first; the windows where none of them takes it. */
    void ask() {
        Jid from = session.machine.peer();
        String guid = session.guid();
        // Unasked, nobody's browser opens: what is missing is asked about.
        boolean present = engine.isRegistered(guid) || running() != null;
        if (present && engine.ports.policy().acceptUnasked(from.bare(), engine.isTrusted(from.bare()), guid)) {
            session.handle(new Event.Accept(null, true));
            return;
        }
        Map<ClientMessenger, BooleanSupplier> questions = new LinkedHashMap<>();
        for (ClientMessenger client : engine.clients()) {
            if (client.manager.isListening() && (client.speaksFor(guid) || client.speaksForNone())) {
                asked.add(client);
                questions.put(client, client.manager.question(session));
            }
        }
        Question.ask(engine, questions, client -> {
            if (session.machine.state() != SessionState.INVITATION) {
                return;
            }
            if (client != null && engine.clients().contains(client)) {
                asker = client;
            } else {
                askWindows();
            }
        });
    }

    void askWindows() {
        asker = null;
        for (ClientMessenger client : engine.clients()) {
            client.tellWindows(session, MessengerListener::onInvitationToAnswer);
        }
    }

    // ---- it was accepted

    /** Who has the session? Whoever it is, the machine hears of it. */
    void find() {
        if (owner != null) {
            session.handle(new Event.Owned(false));
            return;
        }
        ClientMessenger running = running();
        if (running != null) {
            owner = running;
            if (!asked.contains(running)) {
                ClientSession handed = running.managerSession(session);
                running.manager.tell(l -> l.onLaunchingSession(handed));
            }
            session.handle(new Event.Owned(true));
            return;
        }
        // Before the answers are there the other side may go on: what it says is kept from here.
        awaited = true;
        Map<ClientMessenger, BooleanSupplier> questions = new LinkedHashMap<>();
        for (ClientMessenger client : engine.clients()) {
            BooleanSupplier objects = client.objection(session);
            if (objects != null) {
                questions.put(client, objects);
            }
        }
        Question.ask(engine, questions, client -> {
            if (client != null && engine.clients().contains(client)) {
                owner = client;
            }
            if (owner != null) {
                session.handle(new Event.Owned(true));
            } else {
                session.handle(new Event.LaunchApproved());
            }
        });
    }

    /** A connected application that speaks for the GUID, best one that was asked about the invitation. */
    private @Nullable ClientMessenger running() {
        ClientMessenger found = null;
        for (ClientMessenger client : engine.clients()) {
            if (client.manager.isListening() && client.speaksFor(session.guid())) {
                if (session.machine.role() == Role.INVITEE && asked.contains(client)) {
                    return client;
                }
                found = found == null ? client : found;
            }
        }
        return found;
    }

    void launch() {
        Application application = engine.ports.registry().application(session.guid());
        if (application == null) {
            session.handle(new Event.LaunchFailed("the application is not registered any more"));
            return;
        }
        engine.ports.launcher().launch(application, session.id(), new Launcher.Process() {
            @Override
            public void started(long started) {
                engine.run(() -> {
                    if (pid == 0) {
                        pid = started;
                    }
                });
            }

            @Override
            public void failed(String problem) {
                engine.run(() -> session.handle(new Event.LaunchFailed(problem)));
            }

            @Override
            public void exited(int status) {
                engine.run(() -> Ownership.this.exited(status));
            }
        });
    }

    private void exited(int status) {
        if (owner == null) {
            session.handle(
                    new Event.LaunchFailed("the application ended with status " + status + " before it attached"));
        } else if (owner.client.pid() == pid) {
            owner = null;
            session.handle(new Event.OwnerLost());
        }
        // Else a starter ended whose child attached: the child's connection tells when it is gone.
    }

    /** An application asks for the session it was launched for. */
    void attach(ClientMessenger client) {
        boolean takes = awaited && (owner == null || (owner != client && client.wasLaunchedFor(session)));
        if (!takes) {
            return;
        }
        awaited = false;
        owner = client;
        client.speakFor(session.guid());
        ClientSession facade = client.managerSession(session);
        kept.forEach(facade::deliver);
        kept.clear();
        session.handle(new Event.Attached());
    }

    /** Keeps what happens while the application is awaited, also for one that whoever objected to the launch starts. */
    void keep(Happening happening) {
        if (awaited) {
            if (kept.size() == KEPT) {
                kept.remove();
                if (owner == null) {
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "{0}: too much happened before the application attached",
                            session.id());
                }
            }
            kept.add(happening);
        }
    }

    /** A connection is gone. */
    void lost(ClientMessenger client) {
        asked.remove(client);
        if (owner == client) {
            owner = null;
            session.handle(new Event.OwnerLost());
        } else if (asker == client && session.machine.state() == SessionState.INVITATION) {
            askWindows();
        }
    }
}
