package dev.beckon.service.feature;

import dev.beckon.service.route.Hooks;
import dev.beckon.service.route.Hooks.Target;
import dev.beckon.service.route.Reply;
import dev.beckon.service.route.StanzaError.Condition;

/** Is the service there (XEP-0199)? */
final class PingFeature {
    private static final String PING = "urn:xmpp:ping";

    private PingFeature() {}

    static void install(Hooks hooks) {
        hooks.iq(
                Target.SERVER,
                "ping",
                PING,
                request -> request.isGet() ? Reply.result() : Reply.error(Condition.BAD_REQUEST));
        hooks.iq(
                Target.ACCOUNT,
                "ping",
                PING,
                // XEP-0199 §4.2: a client pings its server by its own account too; others learn nothing.
                request -> request.isOwn() && request.isGet()
                        ? Reply.result()
                        : Reply.error(Condition.SERVICE_UNAVAILABLE));
        hooks.disco().feature(Target.SERVER, PING);
        hooks.disco().feature(Target.ACCOUNT, PING);
    }
}
