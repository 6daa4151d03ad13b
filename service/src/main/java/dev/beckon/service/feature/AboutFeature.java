package dev.beckon.service.feature;

import dev.beckon.service.route.Hooks;
import dev.beckon.service.route.Hooks.Target;
import dev.beckon.service.route.Reply;
import dev.beckon.service.route.Request;
import dev.beckon.service.route.StanzaError.Condition;
import dev.beckon.service.xml.Element;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/** What software this is (XEP-0092) and what time it has (XEP-0202). */
final class AboutFeature {
    private static final String VERSION = "jabber:iq:version";
    private static final String TIME = "urn:xmpp:time";

    private final Clock clock;

    AboutFeature(Clock clock) {
        this.clock = clock;
    }

    void install(Hooks hooks) {
        hooks.iq(Target.SERVER, "query", VERSION, AboutFeature::version);
        hooks.iq(Target.SERVER, "time", TIME, this::time);
        hooks.disco().feature(Target.SERVER, VERSION);
        hooks.disco().feature(Target.SERVER, TIME);
    }

    private static Reply version(Request request) {
        if (!request.isGet()) {
            return Reply.error(Condition.BAD_REQUEST);
        }
        String version = AboutFeature.class.getPackage().getImplementationVersion();
        // XEP-0092 §5: the operating system is nobody's business.
        return Reply.result(Element.of("query", VERSION)
                .child(Element.of("name", VERSION).text("Beckon"))
                .child(Element.of("version", VERSION).text(version == null ? "development" : version)));
    }

    private Reply time(Request request) {
        if (!request.isGet()) {
            return Reply.error(Condition.BAD_REQUEST);
        }
        Instant now = clock.instant();
        return Reply.result(Element.of("time", TIME)
                .child(Element.of("tzo", TIME)
                        .text(
                                clock.getZone().getRules().getOffset(now).equals(ZoneOffset.UTC)
                                        ? "+00:00"
                                        : clock.getZone()
                                                .getRules()
                                                .getOffset(now)
                                                .getId()))
                .child(Element.of("utc", TIME)
                        .text(now.truncatedTo(ChronoUnit.SECONDS).toString())));
    }
}
