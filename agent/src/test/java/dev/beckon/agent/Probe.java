package dev.beckon.agent;

import dev.beckon.Messenger;
import dev.beckon.ResultCode;
import dev.beckon.Session;
import dev.beckon.SessionListener;
import dev.beckon.SessionManagerListener;
import dev.beckon.SessionState;
import dev.beckon.local.Beckon;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A small application: finds the session it was launched for, tells its address and what it hears, a line each, and ends
 * with its session.
 */
final class Probe {
    private Probe() {}

    public static void main(String[] args) throws InterruptedException {
        Path report = Path.of(args[0]);
        String guid = args[1];
        String address = args[2];
        CountDownLatch over = new CountDownLatch(1);
        try (Messenger messenger =
                Beckon.connect(Beckon.Options.fromEnvironment().withApplication(guid))) {
            messenger.sessionManager().addListener(new SessionManagerListener() {
                @Override
                public void onAppShutdown() {
                    tell(report, "shutdown");
                    over.countDown();
                }
            });
            Session session = messenger
                    .sessionManager()
                    .getLaunchingSession(ProcessHandle.current().pid());
            session.setLocalAddress(address);
            tell(report, "session " + session.sessionId() + " data " + session.contextData());
            session.addListener(new SessionListener() {
                @Override
                public void onStateChanged(Session session, SessionState previous) {
                    connected(report, session);
                }

                @Override
                public void onContextData(Session session, String data) {
                    tell(report, "context " + data);
                }

                @Override
                public void onTermination(Session session, ResultCode code, @Nullable String appData) {
                    tell(report, "over " + code.name() + " " + appData);
                    over.countDown();
                }
            });
            connected(report, session);
            over.await();
        }
        tell(report, "gone");
    }

    private static boolean told;

    private static synchronized void connected(Path report, Session session) {
        if (session.state() == SessionState.CONNECTED && !told) {
            told = true;
            tell(report, "connected to " + session.remoteAddress());
        }
    }

    private static synchronized void tell(Path report, String line) {
        try {
            Files.writeString(report, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
