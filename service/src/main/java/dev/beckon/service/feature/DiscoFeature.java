package dev.beckon.service.feature;

import dev.beckon.service.route.Disco;
import dev.beckon.service.route.Hooks;
import dev.beckon.service.route.Hooks.Target;
import dev.beckon.service.route.Jid;
import dev.beckon.service.route.Reply;
import dev.beckon.service.route.Request;
import dev.beckon.service.route.Router;
import dev.beckon.service.route.Session;
import dev.beckon.service.route.StanzaError.Condition;
import dev.beckon.service.store.Store;
import dev.beckon.service.xml.Element;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Tells what the service and an account can do, and what lies beneath them (XEP-0030). */
final class DiscoFeature {
    static final String INFO = "http://jabber.org/protocol/disco#info";
    static final String ITEMS = "http://jabber.org/protocol/disco#items";
    private static final String CAPS = "http://jabber.org/protocol/caps";

    /** Names this software where its capabilities are named by a hash. */
    private static final String NODE = "urn:beckon:service";

    private final Store store;
    private final Router router;
    private final Disco disco;
    private volatile @Nullable String version;

    DiscoFeature(Store store, Router router, Hooks hooks) {
        this.store = store;
        this.router = router;
        this.disco = hooks.disco();
    }

    void install(Hooks hooks) {
        for (Target target : new Target[] {Target.SERVER, Target.ACCOUNT}) {
            disco.feature(target, INFO);
            disco.feature(target, ITEMS);
        }
        disco.identity(Target.SERVER, new Disco.Identity("server", "im", "Beckon"));
        disco.identity(Target.ACCOUNT, new Disco.Identity("account", "registered", null));
        disco.feature(Target.SERVER, CAPS);
        // XEP-0115 §7: the service tells each client at sign-in what it would otherwise be asked.
        hooks.streamFeature(Hooks.Stage.AFTER_SIGN_IN, this::caps);
        hooks.iq(Target.SERVER, "query", INFO, this::serverInfo);
        hooks.iq(Target.SERVER, "query", ITEMS, request -> get(request, serverItems()));
        hooks.iq(Target.ACCOUNT, "query", INFO, this::accountInfo);
        hooks.iq(Target.ACCOUNT, "query", ITEMS, this::accountItems);
    }

    private Element caps() {
        return Element.of("c", CAPS)
                .attribute("hash", "sha-1")
                .attribute("node", NODE)
                .attribute("ver", version())
                .build();
    }

    private String version() {
        String known = version;
        if (known == null) {
            List<Element> forms = disco.forms(Target.SERVER);
            known = Caps.hash(disco.identities(Target.SERVER), disco.features(Target.SERVER), forms);
            // What features have said is said once, forms change.
            version = forms.isEmpty() ? known : null;
        }
        return known;
    }

    private Reply serverInfo(Request request) {
        String node = request.payload().attribute("node");
        // XEP-0115 §6.2: whoever asks what a hash stands for names it.
        return request.isGet() && node != null && node.equals(NODE + "#" + version())
                ? Reply.result(info(Target.SERVER).attribute("node", node))
                : get(request, info(Target.SERVER));
    }

    private static Reply get(Request request, Element.Builder answer) {
        if (!request.isGet()) {
            return Reply.error(Condition.BAD_REQUEST, "discovery is asked with an iq of type get");
        }
        // XEP-0030 §3.2: a node that is not there.
        return request.payload().attribute("node") == null
                ? Reply.result(answer)
                : Reply.error(Condition.ITEM_NOT_FOUND);
    }

    private Element.Builder info(Target target) {
        return info(disco.identities(target), disco.features(target)).children(disco.forms(target));
    }

    static Element.Builder info(Iterable<Disco.Identity> identities, Iterable<String> features) {
        Element.Builder query = Element.of("query", INFO);
        for (Disco.Identity identity : identities) {
            query.child(Element.of("identity", INFO)
                    .attribute("category", identity.category())
                    .attribute("type", identity.type())
                    .attribute("name", identity.name()));
        }
        features.forEach(feature -> query.child(Element.of("feature", INFO).attribute("var", feature)));
        return query;
    }

    private Element.Builder serverItems() {
        Element.Builder query = Element.of("query", ITEMS);
        for (Disco.Item item : disco.items()) {
            query.child(item(item.jid(), item.name()));
        }
        return query;
    }

    /** XEP-0030 §8: an account tells of itself only to those who may see its presence. */
    private Reply accountInfo(Request request) {
        if (request.isOwn()) {
            return get(request, info(Target.ACCOUNT));
        }
        return Reply.later(seen(request)
                .thenApply(seen ->
                        seen ? get(request, info(Target.ACCOUNT)) : Reply.error(Condition.SERVICE_UNAVAILABLE)));
    }

    private Reply accountItems(Request request) {
        if (request.isOwn()) {
            return get(request, devices(request.account()));
        }
        // XEP-0030 §8: whoever may not know, and whoever asks for an account that is not there, sees nothing beneath
        // it.
        Element.Builder none =
                Element.of("query", ITEMS).attribute("node", request.payload().attribute("node"));
        return Reply.later(seen(request)
                .thenApply(seen -> seen ? get(request, devices(request.account())) : Reply.result(none)));
    }

    private CompletableFuture<Boolean> seen(Request request) {
        Jid from = request.stanza().from();
        return router.work(() -> from != null
                && store.rosters()
                        .item(request.account().local(), from.bare().toString())
                        .filter(item -> item.subscription().from())
                        .isPresent());
    }

    private Element.Builder devices(Jid account) {
        Element.Builder query = Element.of("query", ITEMS);
        router.sessions(account).stream()
                .filter(Session::isAvailable)
                .forEach(session -> query.child(item(session.jid(), null)));
        return query;
    }

    private static Element.Builder item(Jid jid, @Nullable String name) {
        return Element.of("item", ITEMS).attribute("jid", jid).attribute("name", name);
    }
}
