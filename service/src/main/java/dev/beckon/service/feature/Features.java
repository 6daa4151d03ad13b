package dev.beckon.service.feature;

import dev.beckon.service.Limits;
import dev.beckon.service.Quota;
import dev.beckon.service.ServiceConfig;
import dev.beckon.service.route.Feature;
import dev.beckon.service.route.Hooks;
import dev.beckon.service.route.Router;
import dev.beckon.service.store.Store;
import java.time.Clock;
import java.util.function.Supplier;

/** The features every service has, installed in an order that is right. */
public final class Features implements Feature {
    private final Store store;
    private final ServiceConfig config;
    private final Supplier<Limits> limits;

    /** With the limits of the configuration. */
    public Features(Store store, ServiceConfig config) {
        this(store, config, config::limits);
    }

    /** With limits that may change while the service runs. */
    public Features(Store store, ServiceConfig config, Supplier<Limits> limits) {
        this.store = store;
        this.config = config;
        this.limits = limits;
    }

    @Override
    public void install(Hooks hooks, Router router) {
        Supplier<Quota> quota = () -> limits.get().quota();
        Clock clock = Clock.systemUTC();
        Contacts contacts = new Contacts(store, router);
        SubscriptionFeature subscriptions = new SubscriptionFeature(store, router, contacts, quota, clock);

        new DiscoFeature(store, router, hooks).install(hooks);
        new BlockingFeature(store, router, contacts, quota).install(hooks);
        new AccountChanges(store, router, contacts).install(hooks);
        new RosterFeature(store, router, contacts, subscriptions, quota).install(hooks);
        subscriptions.install(hooks);
        new PresenceFeature(store, router, contacts, subscriptions).install(hooks);
        new CarbonsFeature(router).install(hooks);
        new RegistrationFeature(
                        store,
                        router,
                        config.openRegistration(),
                        () -> limits.get().registrationsPerHour(),
                        clock)
                .install(hooks);
        new OfflineFeature(store, router, clock, quota).install(hooks);
        new PrivateFeature(store, router, quota).install(hooks);
        new VCardFeature(store, router, quota).install(hooks);
        new AboutFeature(clock).install(hooks);
        PingFeature.install(hooks);
        StanzaIdFeature.install(hooks);
    }
}
