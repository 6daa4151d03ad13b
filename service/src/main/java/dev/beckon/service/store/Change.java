package dev.beckon.service.store;

import org.jspecify.annotations.Nullable;

/** Something that was changed under the service's feet, by this process or another one, and that signed-in people feel. */
public sealed interface Change {
    /** The account is gone: whoever uses it is signed out. */
    record AccountRemoved(String name) implements Change {}

    /** The password is another one: whoever signed in with the old one is signed out, except the stream that changed it. */
    record PasswordChanged(String name, @Nullable String by) implements Change {}

    /** A contact's account was removed, and with it every subscription between the two. */
    record ContactGone(String owner, String contact) implements Change {}

    /** Somebody asks the service to read its configuration anew; {@code id} names the request. */
    record ReloadAsked(String id) implements Change {}

    /** What came of it. */
    record Reloaded(String id, boolean done, String report) implements Change {}

    /** A key of this application was issued or revoked. */
    record KeyChanged(String app) implements Change {}
}
