package dev.beckon.samples.whiteboard;

import dev.beckon.ResultCode;
import dev.beckon.Session;
import dev.beckon.SessionException;
import dev.beckon.SessionFlag;
import dev.beckon.SessionListener;
import dev.beckon.SessionState;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Two people at one board: brings a session and the link between the two whiteboards together.
 *
 * <p>Once accepted, the inviter's side waits on a port and says so as context data. The recipient's side, once it has read
 * that and the session is CONNECTED, connects to the session's remote address.
 */
final class Meeting implements SessionListener, Link.Listener {
    private static final int ATTEMPTS = 3;

    private final Session session;
    private final Board board;
    private final Watcher watcher;
    private final boolean inviter;
    private final CountDownLatch over = new CountDownLatch(1);
    private final CountDownLatch told = new CountDownLatch(1);
    private @Nullable SessionState state;
    private String text = "";
    private boolean opened;
    private @Nullable Door door;
    private @Nullable Link link;

    /** How far it has come. */
    enum Phase {
        /** The other person has not answered yet. */
        INVITING,
        /** The whiteboards are looking for each other. */
        STARTING,
        /** What one draws, the other sees. */
        TOGETHER,
        /** It is over. */
        OVER
    }

    /** Hears of a meeting; any thread, one call at a time for each kind. */
    interface Watcher {
        /** It has come this far; {@code text} says so to a person. */
        void phase(Phase phase, String text);

        /** The session stands elsewhere. */
        void state(SessionState state);

        /** The session is over. */
        void ended(ResultCode code);

        /** The other side said this; it is on the board already. */
        void received(Message message);
    }

    Meeting(Session session, Board board, Watcher watcher) {
        this.session = session;
        this.board = board;
        this.watcher = watcher;
        this.inviter = session.flags().contains(SessionFlag.INVITER);
    }

    /** Begins to hear. Called once. */
    void start() {
        session.addListener(this);
        advance();
    }

    private void tell(Phase phase, String sentence) {
        synchronized (this) {
            if (text.equals(sentence)) {
                return;
            }
            text = sentence;
        }
        watcher.phase(phase, sentence);
    }

    /** What people call the other side. */
    String other() {
        String name = session.user().friendlyName();
        int at = name.indexOf('@');
        return at > 0 ? name.substring(0, at) : name;
    }

    /** Whether the session is over. */
    boolean isOver() {
        return over.getCount() == 0;
    }

    /** Puts something on both boards. */
    void say(Message message) {
        board.apply(message, true);
        Link current;
        synchronized (this) {
            current = link;
        }
        if (current != null && !current.send(message)) {
            current.close();
            lost("it has stopped reading");
        }
    }

    /** Leaves. What was drawn last still gets through. Waits for that and for the end to be told, a few seconds at most. */
    void end() {
        Link current = hangUp();
        try {
            if (current != null) {
                current.finish();
            }
            cancel(ResultCode.S_OK);
            told.await(3, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void cancel(ResultCode reason) {
        try {
            if (!session.state().isFinal()) {
                session.cancel(reason, null);
            }
        } catch (SessionException e) {
            // It ended by itself meanwhile, which onTermination tells.
            return;
        }
    }

    private void advance() {
        SessionState now = session.state();
        boolean changed;
        synchronized (this) {
            changed = state != now;
            state = now;
        }
        if (changed) {
            watcher.state(now);
        }
        switch (now) {
            case INVITATION -> tell(Phase.INVITING, "Waiting for " + other() + " to answer…");
            case ACCEPTED, CONNECTED -> approach(now);
            default -> {
                // READY comes to INVITATION by itself; the final ones are told by onTermination.
            }
        }
    }

    private void approach(SessionState now) {
        Invitation invitation = inviter ? null : Invitation.parse(session.contextData());
        boolean ready = inviter || (invitation != null && now == SessionState.CONNECTED);
        synchronized (this) {
            if (opened || over.getCount() == 0) {
                return;
            }
            opened = ready;
        }
        tell(Phase.STARTING, "Waiting for " + other() + "’s whiteboard…");
        if (inviter) {
            receive();
        } else if (invitation != null && ready) {
            Link.thread("whiteboard-connects", () -> connect(invitation));
        }
    }

    private void receive() {
        try {
            Door opening = Door.open(bindAddress(), session.sessionId(), this::together);
            synchronized (this) {
                door = opening;
            }
            session.sendContextData(opening.invitation().contextData());
        } catch (IOException e) {
            fail("This computer gives no port: " + e.getMessage());
        } catch (SessionException e) {
            // Where the session ended meanwhile, onTermination says why.
            if (!session.state().isFinal()) {
                fail(e.problem());
            }
        }
    }

    /** The address the other side was told, so that nobody else gets an answer; any, where that one is not this computer's. */
    private InetAddress bindAddress() throws IOException {
        InetAddress told = literal(session.localAddress());
        boolean here = told.isLoopbackAddress() || NetworkInterface.getByInetAddress(told) != null;
        return here ? told : InetAddress.getByAddress(new byte[4]);
    }

    private void connect(Invitation invitation) {
        String address = session.remoteAddress();
        IOException failure = new IOException("no attempt was made");
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                together(Link.connect(literal(address), invitation, session.sessionId()));
                return;
            } catch (IOException e) {
                failure = e;
            }
            try {
                if (over.await(500L << attempt, TimeUnit.MILLISECONDS)) {
                    return;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
        fail(other() + "’s whiteboard cannot be reached at " + address + " port " + invitation.port() + ": "
                + failure.getMessage());
    }

    /** The address in {@code 192.0.2.1}, {@code 192.0.2.1:7000} or {@code [2001:db8::1]:7000}; names are not looked up. */
    static InetAddress literal(String address) throws IOException {
        String host = address;
        if (address.startsWith("[")) {
            host = address.substring(1, Math.max(1, address.indexOf(']')));
        } else if (address.indexOf(':') == address.lastIndexOf(':')) {
            host = address.replaceFirst(":.*", "");
        }
        if (!host.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.%]*")) {
            throw new IOException("\"" + Message.shortened(address) + "\" is not an address");
        }
        return InetAddress.getByName(host);
    }

    private void together(Link arrived) {
        synchronized (this) {
            if (over.getCount() == 0) {
                arrived.close();
                return;
            }
            link = arrived;
        }
        tell(Phase.TOGETHER, "Drawing with " + other());
        arrived.start(this);
    }

    private void fail(String why) {
        tell(Phase.STARTING, why);
        cancel(ResultCode.SR_CONNECTION_FAILURE);
    }

    private synchronized @Nullable Link hangUp() {
        if (door != null) {
            door.close();
        }
        if (link != null) {
            link.close();
        }
        return link;
    }

    @Override
    public void onStateChanged(Session s, SessionState previous) {
        advance();
    }

    @Override
    public void onContextData(Session s, String data) {
        advance();
    }

    @Override
    public void onTermination(Session s, ResultCode code, @Nullable String appData) {
        over.countDown();
        Link current = hangUp();
        Link.thread("whiteboard-ends", () -> {
            try {
                // The last strokes may be a little behind the news that it is over.
                if (current != null) {
                    current.finish();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            board.apply(new Message.Away(), false);
            tell(Phase.OVER, why(code));
            watcher.ended(code);
            told.countDown();
        });
    }

    private String why(ResultCode code) {
        return switch (code) {
            case S_OK, SR_SESSION_CANCELLED_REMOTE, SR_CANCEL_BEFORE_CONNECT -> other() + " has left";
            case SR_SESSION_CANCELLED_LOCAL -> "You have left";
            case SR_INVITATION_DECLINED -> other() + " declined";
            case SR_SESSION_TIMEOUT -> other() + " did not answer";
            case SR_CONNECTION_FAILURE -> "The connection to " + other() + " is gone";
            case SR_APPLICATION_LAUNCH_FAILED -> "The whiteboard could not be started on both sides";
            default -> "It ended: " + code;
        };
    }

    @Override
    public void received(Message message) {
        board.apply(message, false);
        watcher.received(message);
    }

    @Override
    public void lost(String why) {
        try {
            // Who leaves hangs up first; the news that the session is over follows.
            if (!over.await(5, TimeUnit.SECONDS)) {
                fail("The connection to " + other() + " broke: " + why);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
