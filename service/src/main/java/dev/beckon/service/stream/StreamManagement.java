package dev.beckon.service.stream;

import dev.beckon.service.route.Jid;
import dev.beckon.service.route.Session;
import dev.beckon.service.route.StanzaError;
import dev.beckon.service.route.StreamError;
import dev.beckon.service.route.StreamError.Condition;
import dev.beckon.service.xml.Element;
import dev.beckon.service.xml.Namespaces;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Stream management on one stream (XEP-0198): what its elements mean. {@link #enable} and {@link #resume} give the answer, which the
 * caller sends, alone or within words of its own, by {@link #begin} if it grants what was asked. Lives on the stream's event loop.
 */
final class StreamManagement {
    static final String NAMESPACE = "urn:xmpp:sm:3";

    /** The stream feature; also stands for inline resumption in SASL2. */
    static final String FEATURE = "<sm xmlns='" + NAMESPACE + "'/>";

    static final String REQUEST = "<r xmlns='" + NAMESPACE + "'/>";

    private final Context context;
    private final ClientStream stream;

    /** What was asked for and can be, but has not begun. */
    private @Nullable ManagedSession granted;

    private boolean resuming;
    private @Nullable ManagedSession managed;

    StreamManagement(Context context, ClientStream stream) {
        this.context = context;
        this.stream = stream;
    }

    /** The session that is managed on this stream; null before {@link #begin}. */
    @Nullable
    ManagedSession managed() {
        return managed;
    }

    /** Whose session the last answer grants what was asked for; null if it refuses. */
    @Nullable
    Jid granted() {
        return granted == null ? null : granted.session().jid();
    }

    /** XEP-0198 §3: {@code <enabled/>} or {@code <failed/>}; {@code session} is the one bound, null if none is yet. */
    Element enable(Element enable, @Nullable Session session) {
        if (session == null) {
            return failed(StanzaError.Condition.UNEXPECTED_REQUEST, null);
        }
        boolean resumable = isTrue(enable.attribute("resume"));
        Duration longest = resumable ? longest(enable.attribute("max")) : Duration.ZERO;
        String id = context.unguessable(18);
        granted = context.resumable().manage(id, session, stream, longest);
        resuming = false;
        return Element.of("enabled", NAMESPACE)
                .attribute("id", longest.isZero() ? null : id)
                .attribute("resume", longest.isZero() ? null : "true")
                .attribute("max", longest.isZero() ? null : longest.toSeconds())
                .build();
    }

    /** What the client prefers, but no longer than may be. */
    private Duration longest(@Nullable String seconds) {
        Duration most = context.limits().resumptionTime();
        try {
            Duration wanted =
                    seconds == null ? most : Duration.ofSeconds(Integer.parseUnsignedInt(seconds) & 0xFFFFFFFFL);
            return wanted.compareTo(most) < 0 ? wanted : most;
        } catch (NumberFormatException e) {
            return most;
        }
    }

    private static boolean isTrue(@Nullable String value) {
        return "true".equals(value) || "1".equals(value);
    }

    /** XEP-0198 §5: {@code <resumed/>} or {@code <failed/>}, after which a resource may be bound. */
    CompletionStage<Element> resume(Element resume, Jid account) {
        String id = resume.attribute("previd");
        Integer h = count(resume);
        if (id == null || h == null) {
            return CompletableFuture.completedFuture(failed(StanzaError.Condition.BAD_REQUEST, null));
        }
        ManagedSession found = context.resumable().find(id, account);
        if (found == null) {
            return CompletableFuture.completedFuture(gone(id, account));
        }
        return found.claim()
                .thenApplyAsync(
                        claimed -> claimed ? claimed(found, h) : gone(id, account),
                        stream.channel().eventLoop());
    }

    private Element gone(String id, Jid account) {
        return failed(StanzaError.Condition.ITEM_NOT_FOUND, context.resumable().received(id, account));
    }

    private Element claimed(ManagedSession found, int h) {
        if (stream.isEnding()) {
            found.unclaim();
            return failed(StanzaError.Condition.UNEXPECTED_REQUEST, null);
        }
        if (!found.acknowledgeHeld(h)) {
            int sent = found.sentBefore();
            found.unclaim();
            tooHigh(h, sent);
            return failed(StanzaError.Condition.UNEXPECTED_REQUEST, null);
        }
        granted = found;
        resuming = true;
        return Element.of("resumed", NAMESPACE)
                .attribute("previd", found.id())
                .attribute("h", Integer.toUnsignedString(found.received()))
                .build();
    }

    /**
     * Sends {@code announcement}, an element that is or holds the answer, and begins what it grants: stanzas are counted from there
     * on, and those not acknowledged on an older stream follow. Returns the session.
     */
    ManagedSession begin(byte[] announcement) {
        ManagedSession session = Objects.requireNonNull(granted, "nothing was granted");
        granted = null;
        managed = session;
        if (resuming) {
            session.resume(stream, announcement);
        } else {
            stream.begin(session, announcement);
            if (!session.longest().isZero()) {
                context.resumable().add(session);
            }
        }
        return session;
    }

    /** Takes an element of a stream with a bound resource. False if it means nothing there. */
    boolean element(Element element, Session session) {
        ManagedSession managed = this.managed;
        switch (element.name()) {
            case "enable" -> {
                if (managed != null) {
                    // XEP-0198 §3: a second attempt ends the stream.
                    stream.fail(StreamError.of(Condition.POLICY_VIOLATION, "stream management is enabled already"));
                } else {
                    Element enabled = enable(element, session);
                    InactiveOutlet.activate(session);
                    session.outlet(begin(stream.framing().element(enabled)));
                }
            }
            case "resume" -> stream.send(failed(StanzaError.Condition.UNEXPECTED_REQUEST, null));
            case "r" -> {
                if (managed == null) {
                    return false;
                }
                stream.send("<a xmlns='" + NAMESPACE + "' h='" + Integer.toUnsignedString(managed.received()) + "'/>");
            }
            case "a" -> {
                if (managed == null) {
                    return false;
                }
                acknowledged(managed, count(element));
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private void acknowledged(ManagedSession managed, @Nullable Integer h) {
        if (h == null) {
            stream.fail(StreamError.of(Condition.BAD_FORMAT, "an <a/> has an h, the number of stanzas handled"));
            return;
        }
        boolean waited = !managed.hasRoom();
        if (!managed.acknowledge(h)) {
            tooHigh(h, managed.sent());
        } else if (waited) {
            stream.drain();
        }
    }

    /** XEP-0198 §6. */
    private void tooHigh(int h, int sent) {
        String acknowledged = Integer.toUnsignedString(h);
        stream.fail(new StreamError(
                Condition.UNDEFINED_CONDITION,
                "you acknowledged " + acknowledged + " stanzas, but were sent " + Integer.toUnsignedString(sent),
                Element.of("handled-count-too-high", NAMESPACE)
                        .attribute("h", acknowledged)
                        .attribute("send-count", Integer.toUnsignedString(sent))
                        .build()));
    }

    /** XEP-0198 §6. */
    static Element failed(StanzaError.Condition condition, @Nullable Integer h) {
        return Element.of("failed", NAMESPACE)
                .attribute("h", h == null ? null : Integer.toUnsignedString(h))
                .child(Element.of(condition.wireName(), Namespaces.STANZA_ERRORS))
                .build();
    }

    private static @Nullable Integer count(Element element) {
        String h = element.attribute("h");
        try {
            return h == null ? null : (Integer) Integer.parseUnsignedInt(h);
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
