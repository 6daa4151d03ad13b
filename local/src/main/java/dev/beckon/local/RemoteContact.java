package dev.beckon.local;

import com.google.gson.JsonObject;
import dev.beckon.Contact;
import dev.beckon.ContactStatus;

/** A contact as an application holds it: what the agent said last. */
final class RemoteContact implements Contact {
    private final RemoteMessenger messenger;
    private volatile ContactData data;

    RemoteContact(RemoteMessenger messenger, ContactData data) {
        this.messenger = messenger;
        this.data = data;
    }

    synchronized void update(ContactData newer) {
        if (newer.revision() > data.revision()) {
            data = newer;
        }
    }

    @Override
    public String signInName() {
        return data.signInName();
    }

    @Override
    public String friendlyName() {
        return data.friendlyName();
    }

    @Override
    public String serviceId() {
        return data.serviceId();
    }

    @Override
    public String serviceName() {
        return data.serviceName();
    }

    @Override
    public ContactStatus status() {
        return data.status();
    }

    @Override
    public boolean isSelf() {
        return data.self();
    }

    @Override
    public boolean isListed() {
        return data.listed();
    }

    @Override
    public boolean blocked() {
        return data.blocked();
    }

    @Override
    public void setBlocked(boolean blocked) {
        JsonObject params = new JsonObject();
        params.addProperty("contact", signInName());
        params.addProperty("blocked", blocked);
        messenger.contact(messenger.call("contact/setBlocked", params));
    }

    @Override
    public String toString() {
        return signInName();
    }
}
