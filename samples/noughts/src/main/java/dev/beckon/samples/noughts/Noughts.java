package dev.beckon.samples.noughts;

import dev.beckon.*;
import dev.beckon.local.Beckon;
import java.awt.*;
import java.io.*;
import java.net.*;
import java.util.concurrent.*;
import javax.swing.*;
import org.jspecify.annotations.NullMarked;

/** Noughts and crosses for two: invites, or is launched by an invitation; connects; plays. */
@NullMarked
public final class Noughts implements SessionListener {
    private static final String GUID = "{9C0B7E52-3A1D-4D55-8E6B-51F0C7A2D914}";

    public static void main(String[] arguments) throws InterruptedException {
        try (Messenger messenger = Beckon.connect()) {
            SessionManager manager = messenger.sessionManager();
            if (manager.applications().stream().noneMatch(known -> known.guid().equals(GUID))) {
                String start = '"' + System.getProperty("noughts.start") + '"';
                manager.registerApplication(new Application(GUID, "Noughts", "https://beckon.example/noughts", start));
            }
            if (arguments.length > 0) {
                Session session = manager.createSession();
                session.setApplication(GUID);
                Noughts noughts = new Noughts(session);
                session.invite(messenger.contact(arguments[0]), "Your move?");
                noughts.play();
            } else if (System.getenv("BECKON_SESSION") != null) {
                new Noughts(manager.getLaunchingSession(ProcessHandle.current().pid())).play();
            } else {
                System.out.println("Noughts is registered. Invite somebody: noughts NAME@DOMAIN");
            }
        } catch (SessionException e) {
            System.err.println("noughts: " + e.getMessage());
            System.exit(1);
        }
    }

    private final Session session;
    private final CompletableFuture<String> begun = new CompletableFuture<>();

    private Noughts(Session session) {
        this.session = session;
        session.addListener(this);
    }

    @Override
    public void onStateChanged(Session changed, SessionState previous) {
        boolean inviter = changed.flags().contains(SessionFlag.INVITER);
        if (changed.state().isFinal() || (inviter && changed.state() == SessionState.CONNECTED)) {
            begun.complete(changed.state().name());
        }
    }

    @Override
    public void onContextData(Session changed, String port) {
        begun.complete(port);
    }

    private Socket host() throws IOException {
        try (ServerSocket door = new ServerSocket(0)) {
            session.sendContextData(String.valueOf(door.getLocalPort()));
            door.setSoTimeout(30_000);
            for (Socket guest = door.accept(); ; guest = door.accept()) {
                try {
                    guest.setSoTimeout(2_000);
                    if (new DataInputStream(guest.getInputStream()).readUTF().equals(session.sessionId())) {
                        guest.setSoTimeout(0);
                        return guest;
                    }
                } catch (IOException e) {
                    // Not the one who was invited: the next, please.
                }
                guest.close();
            }
        }
    }

    private Socket join(String port) throws IOException {
        Socket socket = new Socket(session.remoteAddress(), Integer.parseInt(port));
        new DataOutputStream(socket.getOutputStream()).writeUTF(session.sessionId());
        return socket;
    }

    private void play() throws InterruptedException {
        String other = session.user().friendlyName();
        String moves = System.getenv("NOUGHTS_MOVES"); // "519": it plays by itself, for tests
        SwingUtilities.invokeLater(this::openWindow);
        show("Waiting for " + other);
        String news = begun.join();
        boolean mine = session.flags().contains(SessionFlag.INVITEE);
        try (Socket socket = mine ? join(news) : host()) {
            for (int turn = 0; turn < 9 && !board.toString().matches(WON); turn++) {
                mine = !mine;
                show(mine ? "Your move" : other + " moves");
                int own = !mine ? 0 : moves == null ? clicks.take() : moves.charAt(turn / 2);
                int field = mine ? own : socket.getInputStream().read();
                if (field < '1' || field > '9' || board.charAt(field - '1') != ' ') {
                    throw new IOException("that is no move");
                }
                board.setCharAt(field - '1', "XO".charAt(turn % 2));
                if (mine) {
                    socket.getOutputStream().write(field);
                }
            }
            show(!board.toString().matches(WON) ? "Nobody wins" : mine ? "You win" : other + " wins");
        } catch (IOException | RuntimeException e) {
            show(other + " does not play: " + e.getMessage());
        }
    }

    static final String WON = "(...)*([XO])\\2\\2.*|.*([XO])..\\3..\\3.*|([XO])...\\4...\\4|..([XO]).\\5.\\5..";
    private final StringBuilder board = new StringBuilder("         ");
    private final JPanel fields = new JPanel(new GridLayout(3, 3));
    private final JLabel line = new JLabel();
    private final BlockingQueue<Character> clicks = new SynchronousQueue<>();

    private void openWindow() {
        for (char field : "123456789".toCharArray()) {
            JButton button = new JButton();
            button.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 60));
            button.addActionListener(click -> clicks.offer(field)); // lost where nobody waits for it
            fields.add(button);
        }
        if (!GraphicsEnvironment.isHeadless()) {
            JFrame window = new JFrame("Noughts");
            window.add(fields);
            window.add(line, BorderLayout.SOUTH);
            window.setSize(360, 400);
            window.setDefaultCloseOperation(WindowConstants.EXIT_ON_CLOSE);
            window.setVisible(true);
        }
    }

    private void show(String text) {
        String marks = board.toString();
        System.out.println("[" + marks + "] " + text);
        SwingUtilities.invokeLater(() -> {
            line.setText(text);
            for (int i = 0; i < 9; i++) {
                JButton button = (JButton) fields.getComponent(i);
                button.setText(marks.substring(i, i + 1));
                button.setEnabled(marks.charAt(i) == ' ');
            }
        });
    }
}
