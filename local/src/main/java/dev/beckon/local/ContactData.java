package dev.beckon.local;

import com.google.gson.JsonObject;
import dev.beckon.Contact;
import dev.beckon.ContactStatus;

/**
 * A contact as it travels.
 *
 * @param revision of two of one contact, the one with the higher number is newer
 */
record ContactData(
        String signInName,
        long revision,
        String friendlyName,
        String serviceId,
        String serviceName,
        ContactStatus status,
        boolean self,
        boolean listed,
        boolean blocked) {

    static ContactData of(Contact contact, long revision) {
        return new ContactData(
                contact.signInName(),
                revision,
                contact.friendlyName(),
                contact.serviceId(),
                contact.serviceName(),
                contact.status(),
                contact.isSelf(),
                contact.isListed(),
                contact.blocked());
    }

    JsonObject toJson() {
        JsonObject json = new JsonObject();
        json.addProperty("signInName", signInName);
        json.addProperty("revision", revision);
        json.addProperty("friendlyName", friendlyName);
        json.addProperty("serviceId", serviceId);
        json.addProperty("serviceName", serviceName);
        json.addProperty("status", status.name());
        json.addProperty("isSelf", self);
        json.addProperty("isListed", listed);
        json.addProperty("blocked", blocked);
        return json;
    }

    static ContactData from(Fields json) {
        return new ContactData(
                json.text("signInName"),
                json.integer("revision"),
                json.text("friendlyName"),
                json.text("serviceId"),
                json.text("serviceName"),
                json.constant("status", ContactStatus.class, ContactStatus.UNKNOWN),
                json.truth("isSelf"),
                json.truth("isListed"),
                json.truth("blocked"));
    }
}
