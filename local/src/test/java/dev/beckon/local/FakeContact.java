package dev.beckon.local;

import dev.beckon.Contact;
import dev.beckon.ContactStatus;

/** A contact a test sets as it likes. */
final class FakeContact implements Contact {
    final String signInName;
    volatile String friendlyName;
    volatile ContactStatus status = ContactStatus.UNKNOWN;
    volatile boolean self;
    volatile boolean listed;
    volatile boolean blocked;

    FakeContact(String signInName) {
        this.signInName = signInName;
        this.friendlyName = signInName;
    }

    @Override
    public String signInName() {
        return signInName;
    }

    @Override
    public String friendlyName() {
        return friendlyName;
    }

    @Override
    public String serviceId() {
        return signInName.substring(signInName.indexOf('@') + 1);
    }

    @Override
    public String serviceName() {
        return "The service of " + serviceId();
    }

    @Override
    public ContactStatus status() {
        return status;
    }

    @Override
    public boolean isSelf() {
        return self;
    }

    @Override
    public boolean isListed() {
        return listed;
    }

    @Override
    public boolean blocked() {
        return blocked;
    }

    @Override
    public void setBlocked(boolean blocked) {
        this.blocked = blocked;
    }
}
