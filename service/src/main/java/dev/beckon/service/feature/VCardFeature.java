package dev.beckon.service.feature;

import dev.beckon.service.Quota;
import dev.beckon.service.route.Hooks;
import dev.beckon.service.route.Hooks.Target;
import dev.beckon.service.route.Reply;
import dev.beckon.service.route.Request;
import dev.beckon.service.route.Router;
import dev.beckon.service.route.StanzaError.Condition;
import dev.beckon.service.store.Documents.Kind;
import dev.beckon.service.store.Store;
import dev.beckon.service.xml.Element;
import java.util.function.Supplier;

/** What a person tells of himself: a name, a picture (XEP-0054). */
final class VCardFeature {
    private static final String VCARD = "vcard-temp";

    private final Store store;
    private final Router router;
    private final Supplier<Quota> quota;

    VCardFeature(Store store, Router router, Supplier<Quota> quota) {
        this.store = store;
        this.router = router;
        this.quota = quota;
    }

    void install(Hooks hooks) {
        hooks.iq(Target.ACCOUNT, "vCard", VCARD, this::handle);
        hooks.disco().feature(Target.SERVER, VCARD);
        hooks.disco().feature(Target.ACCOUNT, VCARD);
    }

    private Reply handle(Request request) {
        String owner = request.account().local();
        if (request.isGet()) {
            return Reply.later(router.work(() -> store.documents().find(owner, Kind.VCARD, ""))
                    .thenApply(found ->
                            found.map(card -> Reply.result(Kept.read(card))).orElseGet(() -> none(request))));
        }
        // XEP-0054 §3.2
        if (!request.isOwn()) {
            return Reply.error(Condition.FORBIDDEN, "a card is its owner's to change");
        }
        int most = quota.get().vcardBytes();
        return Reply.later(store.documents()
                .keep(owner, Kind.VCARD, "", request.payload().toBytes(), 1, most)
                .thenApply(kept -> kept
                        ? Reply.result()
                        : Reply.error(Condition.RESOURCE_CONSTRAINT, "a card has at most " + most + " bytes")));
    }

    /** XEP-0054 §3.1, §3.3: one's own is empty; of others, one that is not there looks as an account that is not there. */
    private static Reply none(Request request) {
        return request.isOwn() ? Reply.result(Element.of("vCard", VCARD)) : Reply.error(Condition.SERVICE_UNAVAILABLE);
    }
}
