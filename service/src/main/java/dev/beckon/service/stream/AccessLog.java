package dev.beckon.service.stream;

import dev.beckon.service.route.Session;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.slf4j.MarkerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** One line for each sign-in and sign-out, with fields for programs; and for each sign-in that failed. */
final class AccessLog {
    private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);

    /** Whoever thins out the log leaves these in. */
    private static final Marker ACCESS = MarkerFactory.getMarker("access");

    private AccessLog() {}

    static void signedIn(Session session, ClientStream stream) {
        of(session, stream).log("signed in");
    }

    static void signedOut(Session session, ClientStream stream) {
        LoggingEventBuilder line = of(session, stream)
                .addKeyValue("seconds", Duration.ofNanos(stream.age()).toSeconds());
        if (stream.fault() != null) {
            line = line.addKeyValue("condition", stream.fault().condition());
        }
        line.log("signed out");
    }

    /** XEP-0198 §5. */
    static void resumed(Session session, ClientStream stream) {
        of(session, stream).log("resumed");
    }

    /** XEP-0198 §5: its connection is gone, the session waits. */
    static void waits(Session session, Duration longest) {
        of(session).addKeyValue("seconds", longest.toSeconds()).log("lost its client, which may resume");
    }

    /** A session that may outlive its connection. */
    static void signedOut(Session session, int unacknowledged) {
        of(session).addKeyValue("unacknowledged", unacknowledged).log("signed out");
    }

    private static LoggingEventBuilder of(Session session) {
        return LOG.atInfo()
                .addMarker(ACCESS)
                .addKeyValue("account", session.jid().bare())
                .addKeyValue("device", session.jid().resource());
    }

    private static LoggingEventBuilder of(Session session, ClientStream stream) {
        return of(session)
                .addKeyValue("address", stream.address())
                .addKeyValue("stream", stream.channel().id().asShortText());
    }

    /** Who guesses passwords must not fill the disk: these may be thinned out. */
    static void failed(ClientStream stream, String condition) {
        LOG.atInfo()
                .addKeyValue("condition", condition)
                .addKeyValue("address", stream.address())
                .addKeyValue("stream", stream.channel().id().asShortText())
                .log("sign-in failed");
    }
}
