package dev.beckon.session;

import dev.beckon.Contact;
import dev.beckon.ContactStatus;

/** A {@link Contact} of the {@link Book}. */
final class KnownContact implements Contact {
    final String bare;
    private final Book book;

    KnownContact(Book book, String bare) {
        this.book = book;
        this.bare = bare;
    }

    @Override
    public String signInName() {
        return bare;
    }

    @Override
    public String friendlyName() {
        return book.friendlyName(bare);
    }

    @Override
    public String serviceId() {
        return bare.substring(bare.indexOf('@') + 1);
    }

    @Override
    public String serviceName() {
        return serviceId();
    }

    @Override
    public ContactStatus status() {
        return book.status(bare);
    }

    @Override
    public boolean isSelf() {
        return book.isSelf(bare);
    }

    @Override
    public boolean isListed() {
        return book.isListed(bare);
    }

    @Override
    public boolean blocked() {
        return book.isBlocked(bare);
    }

    @Override
    public void setBlocked(boolean blocked) {
        book.block(bare, blocked);
    }

    @Override
    public String toString() {
        return bare;
    }
}
