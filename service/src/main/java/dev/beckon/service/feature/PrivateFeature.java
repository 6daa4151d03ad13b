package dev.beckon.service.feature;

import dev.beckon.service.Quota;
import dev.beckon.service.route.Hooks;
import dev.beckon.service.route.Reply;
import dev.beckon.service.route.Request;
import dev.beckon.service.route.Router;
import dev.beckon.service.route.StanzaError.Condition;
import dev.beckon.service.store.Documents.Kind;
import dev.beckon.service.store.Store;
import dev.beckon.service.xml.Element;
import java.util.List;
import java.util.function.Supplier;

/** What an account's clients keep for themselves, by the name of its element (XEP-0049). */
final class PrivateFeature {
    private static final String PRIVATE = "jabber:iq:private";

    private final Store store;
    private final Router router;
    private final Supplier<Quota> quota;

    PrivateFeature(Store store, Router router, Supplier<Quota> quota) {
        this.store = store;
        this.router = router;
        this.quota = quota;
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
        int most = quota.get().privateElements();
        int mostBytes = quota.get().privateBytes();
        return Reply.later(store.documents()
                .keep(owner, Kind.PRIVATE, name, element.toBytes(), most, mostBytes)
                .thenApply(kept -> kept
                        ? Reply.result()
                        : Reply.error(
                                Condition.RESOURCE_CONSTRAINT,
                                "at most " + most + " elements of " + mostBytes + " bytes together are kept")));
    }
}
