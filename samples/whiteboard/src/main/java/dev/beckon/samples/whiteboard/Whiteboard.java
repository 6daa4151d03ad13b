package dev.beckon.samples.whiteboard;

import dev.beckon.Application;
import dev.beckon.Contact;
import dev.beckon.Messenger;
import dev.beckon.ResultCode;
import dev.beckon.Session;
import dev.beckon.SessionException;
import dev.beckon.SessionManagerListener;
import dev.beckon.SessionState;
import dev.beckon.local.Beckon;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import javax.swing.JComponent;
import javax.swing.SwingUtilities;
import org.jspecify.annotations.Nullable;

/** One whiteboard, running: a board, perhaps a window, perhaps a script, and the meeting of two people once there is one. */
final class Whiteboard implements Script.Hands, Window.Hands, SessionManagerListener, Meeting.Watcher {
    /** What this application is called on every computer. */
    static final String GUID = "{5D1B1C2E-7A0F-4C39-9B6E-2F4B8C0A71D3}";

    static final String NAME = "Whiteboard";
    static final String URL = "https://beckon.example/whiteboard";

    private final Messenger messenger;
    private final Board board = new Board(this::changed);
    private final List<Meeting.Watcher> watchers = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final @Nullable String address;
    private @Nullable Window window;
    private @Nullable Meeting meeting;

    private Whiteboard(Messenger messenger, @Nullable String address) {
        this.messenger = messenger;
        this.address = address;
    }

    /** How the agent of this user is found. */
    static Messenger connect() {
        return Beckon.connect(Beckon.Options.fromEnvironment().withApplication(GUID));
    }

    /** Runs until the window is closed, or the script is at its end. */
    static boolean run(Messenger messenger, Main.Options options, @Nullable Script script)
            throws IOException, InterruptedException {
        Whiteboard whiteboard = new Whiteboard(messenger, options.address());
        if (options.window()) {
            whiteboard.openWindow(options.side());
        }
        messenger.sessionManager().addListener(whiteboard);
        Path key = options.key();
        if (key != null) {
            Key.read(key).open(messenger);
        }
        if (script != null) {
            whiteboard.watchers.add(script);
        }
        Session launching = whiteboard.launching();
        if (launching != null) {
            whiteboard.attend(launching);
        } else {
            whiteboard.register(key);
        }
        if (script == null) {
            whiteboard.closed.await();
        }
        boolean done = script == null || script.run(whiteboard);
        whiteboard.end();
        return done;
    }

    /** Spec §2, getLaunchingSession: E_FAIL where a person started this. */
    private @Nullable Session launching() {
        try {
            return messenger
                    .sessionManager()
                    .getLaunchingSession(ProcessHandle.current().pid());
        } catch (SessionException e) {
            if (e.code() == ResultCode.E_FAIL) {
                return null;
            }
            throw e;
        }
    }

    /** So that the client can start it: once, and again where it has moved. */
    private void register(@Nullable Path key) {
        String start = System.getProperty("whiteboard.start");
        if (start == null) {
            return;
        }
        String command = "\"" + start + "\"" + (key == null ? "" : " --key \"" + key + "\"");
        Application wanted = new Application(GUID, NAME, URL, command);
        for (Application registered : messenger.sessionManager().applications()) {
            if (registered.guid().equals(GUID)) {
                if (registered.equals(wanted)) {
                    return;
                }
                messenger.sessionManager().unregisterApplication(GUID);
            }
        }
        messenger.sessionManager().registerApplication(wanted);
    }

    private void openWindow(@Nullable String side) throws InterruptedException {
        String name = myName();
        try {
            // Before anything happens that it should show.
            SwingUtilities.invokeAndWait(() -> {
                Window opening = new Window(board, this);
                synchronized (this) {
                    window = opening;
                }
                watchers.add(opening);
                opening.alone(name);
                opening.open(side);
            });
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("the window cannot be opened", e.getCause());
        }
    }

    private String myName() {
        try {
            return messenger.self().friendlyName();
        } catch (SessionException e) {
            // Not signed in: the status line says so when somebody is invited.
            return "";
        }
    }

    private synchronized @Nullable Meeting current() {
        return meeting;
    }

    /** A session the client has brought. */
    private void attend(Session session) {
        try {
            if (address != null) {
                session.setLocalAddress(address);
            }
        } catch (SessionException e) {
            // It is told to the other side already, or over: then it stays as it is.
            explain(e);
        }
        meet(session);
    }

    private void meet(Session session) {
        Meeting beginning = new Meeting(session, board, this);
        Window shown;
        synchronized (this) {
            meeting = beginning;
            shown = window;
        }
        if (shown != null) {
            String theirs = beginning.other();
            SwingUtilities.invokeLater(() -> shown.with(theirs));
        }
        beginning.start();
    }

    private void changed() {
        Window shown;
        synchronized (this) {
            shown = window;
        }
        if (shown != null) {
            shown.repaint();
        }
    }

    @Override
    public void say(Message message) {
        Meeting current = current();
        if (current == null) {
            board.apply(message, true);
        } else {
            current.say(message);
        }
    }

    @Override
    public void invite(String contact, @Nullable String data) {
        invite(messenger.contact(contact), data);
    }

    private void invite(Contact contact, @Nullable String data) {
        Session session = messenger.sessionManager().createSession();
        session.setApplication(GUID);
        if (address != null) {
            session.setLocalAddress(address);
        }
        session.invite(contact, data);
        meet(session);
    }

    @Override
    public void inviteFrom(JComponent button) {
        Guests.ask(
                messenger,
                button,
                contact -> Link.thread("whiteboard-invites", () -> {
                    try {
                        invite(contact, null);
                    } catch (SessionException e) {
                        problem(e.problem());
                    }
                }),
                this::problem);
    }

    private synchronized void problem(String text) {
        if (window != null) {
            window.problem(text);
        }
    }

    @Override
    public void end() {
        Meeting current = current();
        if (current != null) {
            current.end();
        }
    }

    @Override
    public void closed() {
        closed.countDown();
        // A script may be under way, and is told so by the end of its session.
        Link.thread("whiteboard-leaves", this::end);
    }

    /** A second invitation, accepted while this is running: it has this board, unless two people are at it. */
    @Override
    public void onLaunchingSession(Session session) {
        Meeting current = current();
        if (current == null || current.isOver()) {
            attend(session);
        } else {
            session.cancel(ResultCode.SR_APPLICATION_LAUNCH_FAILED, null);
        }
    }

    @Override
    public void onAppShutdown() {
        problem("Your Beckon agent has stopped. Start it again to invite someone.");
    }

    @Override
    public void phase(Meeting.Phase phase, String text) {
        watchers.forEach(watcher -> watcher.phase(phase, text));
    }

    @Override
    public void state(SessionState state) {
        watchers.forEach(watcher -> watcher.state(state));
    }

    @Override
    public void ended(ResultCode code) {
        watchers.forEach(watcher -> watcher.ended(code));
    }

    @Override
    public void received(Message message) {
        watchers.forEach(watcher -> watcher.received(message));
    }

    /** Says how it went wrong, to whoever started it. */
    static void explain(SessionException e) {
        System.err.println("whiteboard: " + e.problem() + (e.remedy().isEmpty() ? "" : "; " + e.remedy()));
    }
}
