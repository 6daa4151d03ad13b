package dev.beckon.service.feature;

import dev.beckon.service.route.Hooks;
import dev.beckon.service.route.Reply;
import dev.beckon.service.route.Request;
import dev.beckon.service.route.Router;
import dev.beckon.service.route.StanzaError.Condition;
import dev.beckon.service.store.Documents.Kind;
import dev.beckon.service.store.Store;
import dev.beckon.service.xml.Element;
import java.util.List;

/** What an account's clients keep for themselves, by the name of its element (XEP-0049). */
final class PrivateFeature {
    private static final String PRIVATE = "jabber:iq:private";
    private static final int MOST = 64;
    private static final int MOST_BYTES = 256 * 1024;

    private final Store store;
    private final Router router;

    PrivateFeature(Store store, Router router) {
        this.store = store;
        this.router = router;
    }

    void install(Hooks hooks) {
        hooks.iq(Hooks.Target.ACCOUNT, "query", PRIVATE, this::handle);
        hooks.disco().feature(Hooks.Target.SERVER, PRIVATE);
    }

    private Reply handle(Request request) {
        // XEP-0049 §3: it is the owner's alone.
        if (!request.isOwn()) {
            return Reply.error(Condition.FORBIDDEN, "private data is its owner's alone");
        }
        List<Element> asked = request.payload().children();
        if (asked.size() != 1 || asked.get(0).namespace().isEmpty()) {
            return Reply.error(Condition.BAD_REQUEST, "name exactly one element, in a namespace of its own");
        }
        Element element = asked.get(0);
        String owner = request.account().local();
        // Neither part can hold a space.
        String name = element.namespace() + " " + element.name();
        if (request.isGet()) {
            return Reply.later(router.work(() -> store.documents().find(owner, Kind.PRIVATE, name))
                    .thenApply(found -> Reply.result(Element.of("query", PRIVATE)
                            .child(found.map(Kept::read)
                                    .orElseGet(() -> Element.of(element.name(), element.namespace())
                                            .build())))));
        }
        return Reply.later(store.documents()
                .keep(owner, Kind.PRIVATE, name, element.toBytes(), MOST, MOST_BYTES)
                .thenApply(kept -> kept
                        ? Reply.result()
                        : Reply.error(
                                Condition.RESOURCE_CONSTRAINT,
                                "at most " + MOST + " elements of " + MOST_BYTES + " bytes together are kept")));
    }
}
