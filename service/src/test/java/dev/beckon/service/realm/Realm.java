package dev.beckon.service.realm;

import dev.beckon.service.ServiceConfig;
import dev.beckon.service.route.Feature;
import dev.beckon.service.route.Jid;
import dev.beckon.service.route.Stanza;
import dev.beckon.service.route.StanzaHead;
import dev.beckon.service.route.Switchboard;
import dev.beckon.service.route.Workers;
import dev.beckon.service.store.Accounts.Mechanism;
import dev.beckon.service.store.Passwords;
import dev.beckon.service.store.Store;
import dev.beckon.service.xml.Element;
import dev.beckon.service.xml.XmlScanner;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;

/** A service without sockets: the real store, router and features; devices join it directly. The domain is {@code x}. */
public final class Realm implements AutoCloseable {
    private final Store store;
    private final Workers workers = new Workers();
    private final Switchboard switchboard;

    public Realm(ServiceConfig config, BiFunction<Store, ServiceConfig, List<Feature>> features) {
        store = Store.serve(config.home(), config.domain());
        store.accounts().hashPasswords(4096);
        switchboard = new Switchboard(Jid.of(config.domain()), () -> 5, workers, features.apply(store, config));
    }

    public static ServiceConfig config(Path home) {
        return ServiceConfig.of(home, "x");
    }

    public Store store() {
        return store;
    }

    /** Adds accounts; the password of each is {@code secret}. */
    public Realm accounts(String... names) {
        for (String name : names) {
            store.accounts()
                    .add(name, Passwords.prepare("secret").orElseThrow())
                    .join();
        }
        return this;
    }

    /** A device of an account, signed in but not yet available. */
    public Device signIn(String account, String resource) throws Exception {
        return signIn(account, resource, salt(account));
    }

    /** A device that signed in with the credentials of this salt. */
    public Device signIn(String account, String resource, byte[] salt) throws Exception {
        return new Device(switchboard, Jid.of(account + "@x/" + resource), salt).bind();
    }

    /** The salt of an account's credentials as they are now. */
    public byte[] salt(String account) {
        return store.accounts().credentials(account, Mechanism.SCRAM_SHA_256).salt();
    }

    /** A device that has asked for the roster and is available; what it heard by that is forgotten. */
    public Device online(String account, String resource) throws Exception {
        Device device = signIn(account, resource);
        device.ask("get", "", "<query xmlns='jabber:iq:roster'/>");
        device.send("<presence/>");
        device.received();
        return device;
    }

    /** Sends an iq on a stream before sign-in and returns the answer; null if nobody handles it. */
    public Element askBeforeSignIn(String type, String payload) throws Exception {
        return askBeforeSignIn(type, payload, "192.0.2.7");
    }

    /** Likewise, from this address. */
    public Element askBeforeSignIn(String type, String payload, String address) throws Exception {
        byte[] bytes = ("<iq xmlns='jabber:client' id='r1' type='" + type + "'>" + payload + "</iq>")
                .getBytes(StandardCharsets.UTF_8);
        StanzaHead head = StanzaHead.scan(new XmlScanner(), bytes, 0, bytes.length);
        CompletableFuture<Stanza> answer = new CompletableFuture<>();
        Object handled = switchboard.acceptBeforeSignIn(
                Stanza.stamped(bytes, head, Stanza.Stamp.NONE, null), address, answer::complete);
        return handled == null ? null : answer.get(30, TimeUnit.SECONDS).element();
    }

    @Override
    public void close() {
        workers.close();
        store.close();
    }
}
