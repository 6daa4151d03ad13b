package dev.beckon.service.route;

import dev.beckon.service.xml.Element;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** Messages that are delivered later than they came bear the time they came (XEP-0203). */
public final class Delayed {
    private static final String DELAY = "urn:xmpp:delay";

    private Delayed() {}

    /**
     * The message with a stamp in the name of {@code service}. XEP-0203 §4: the stamp is the service's word, so one in its name that
     * the sender put in goes.
     */
    public static Stanza stamped(Element message, Jid service, Instant at) {
        Element.Builder stamped = Element.of(message.name(), message.namespace());
        message.attributes().forEach(stamped::attribute);
        List<Element> children = message.children().stream()
                .filter(child -> !(child.is("delay", DELAY) && service.equals(Jid.parse(child.attribute("from", "")))))
                .toList();
        return Stanza.of(stamped.children(children)
                .child(Element.of("delay", DELAY)
                        .attribute("from", service)
                        .attribute("stamp", at.truncatedTo(ChronoUnit.MILLIS))));
    }
}
