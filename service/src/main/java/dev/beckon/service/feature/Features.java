package dev.beckon.service.feature;

import dev.beckon.service.ServiceConfig;
import dev.beckon.service.route.Feature;
import dev.beckon.service.route.Hooks;
import dev.beckon.service.route.Router;
import dev.beckon.service.store.Store;
import java.time.Clock;

/** The features every service has, installed in an order that is right. */
public final class Features implements Feature {
    private final Store store;
    private final ServiceConfig config;

    public Features(Store store, ServiceConfig config) {
        this.store = store;
        this.config = config;
    }

    @Override
    public void install(Hooks hooks, Router router) {
        Contacts contacts = new Contacts(store, router);
        SubscriptionFeature subscriptions = new SubscriptionFeature(store, router, contacts);
        Clock clock = Clock.systemUTC();

        new DiscoFeature(store, router, hooks).install(hooks);
        new BlockingFeature(store, router, contacts).install(hooks);
        new AccountChanges(store, router, contacts).install(hooks);
        new RosterFeature(store, router, contacts, subscriptions).install(hooks);
        subscriptions.install(hooks);
        new PresenceFeature(store, router, contacts, subscriptions).install(hooks);
        new CarbonsFeature(router).install(hooks);
        new RegistrationFeature(
                        store,
                        router,
                        config.openRegistration(),
                        config.limits().registrationsPerHour(),
                        clock)
                .install(hooks);
        new OfflineFeature(store, router, clock).install(hooks);
        new PrivateFeature(store, router).install(hooks);
        new VCardFeature(store, router).install(hooks);
        new AboutFeature(clock).install(hooks);
        PingFeature.install(hooks);
    }
}
