package dev.beckon.service.feature;

import dev.beckon.service.store.RosterItem;
import java.util.Locale;
import java.util.Optional;

/** The state tables of RFC 6121 Appendix A: what a subscription stanza does to one side's roster item. */
final class SubscriptionStates {
    private SubscriptionStates() {}

    /** The presence types that ask for, give and take back a subscription. */
    enum Kind {
        SUBSCRIBE,
        SUBSCRIBED,
        UNSUBSCRIBE,
        UNSUBSCRIBED;

        String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Optional<Kind> of(String wireName) {
            for (Kind type : values()) {
                if (type.wireName().equals(wireName)) {
                    return Optional.of(type);
                }
            }
            return Optional.empty();
        }
    }

    /**
     * @param item the state afterwards
     * @param pass whether the stanza goes on: outbound to the contact, inbound to the owner's resources
     * @param approved whether the server answers {@code subscribed} in the owner's name
     */
    record Step(RosterItem item, boolean pass, boolean approved) {}

    /** What the owner sends to a contact. RFC 6121 §A.2. */
    static Step outbound(RosterItem item, Kind type) {
        return switch (type) {
            case SUBSCRIBE ->
                passed(item.withListed(true).withAsk(!item.subscription().to()));
            case UNSUBSCRIBE ->
                passed(item.withSubscription(item.subscription().withTo(false)).withAsk(false));
            case SUBSCRIBED -> {
                if (item.pendingIn()) {
                    yield passed(item.withListed(true)
                            .withRequest(null)
                            .withSubscription(item.subscription().withFrom(true)));
                }
                // RFC 6121 §3.4.2: said before being asked, it is kept and not routed.
                yield kept(
                        item.subscription().from()
                                ? item
                                : item.withListed(true).withApproved(true));
            }
            case UNSUBSCRIBED -> {
                boolean refuses = item.pendingIn() || item.subscription().from();
                RosterItem after = item.withRequest(null)
                        .withApproved(false)
                        .withSubscription(item.subscription().withFrom(false));
                yield refuses ? passed(after) : kept(after);
            }
        };
    }

    /** What a contact sends to the owner. RFC 6121 §A.3. */
    static Step inbound(RosterItem item, Kind type, byte[] stanza) {
        return switch (type) {
            case SUBSCRIBE -> {
                // RFC 6121 §3.1.3: who may see the owner already is told so again, in the owner's name.
                if (item.subscription().from()) {
                    yield new Step(item, false, true);
                }
                // RFC 6121 §3.4.2: the owner said yes beforehand; the yes is used up.
                if (item.approved()) {
                    RosterItem after = item.withApproved(false)
                            .withRequest(null)
                            .withSubscription(item.subscription().withFrom(true));
                    yield new Step(after, false, true);
                }
                yield item.pendingIn() ? kept(item) : passed(item.withRequest(stanza));
            }
            case UNSUBSCRIBE -> {
                boolean was = item.pendingIn() || item.subscription().from();
                RosterItem after = item.withRequest(null)
                        .withSubscription(item.subscription().withFrom(false));
                yield was ? passed(after) : kept(item);
            }
            case SUBSCRIBED ->
                item.ask()
                        ? passed(item.withAsk(false)
                                .withSubscription(item.subscription().withTo(true)))
                        : kept(item);
            case UNSUBSCRIBED -> {
                boolean was = item.ask() || item.subscription().to();
                RosterItem after =
                        item.withAsk(false).withSubscription(item.subscription().withTo(false));
                yield was ? passed(after) : kept(item);
            }
        };
    }

    private static Step passed(RosterItem item) {
        return new Step(item, true, false);
    }

    private static Step kept(RosterItem item) {
        return new Step(item, false, false);
    }
}
