package dev.beckon.service;

import dev.beckon.service.route.Jid;

/** What an account may be called. One place, so that the command and the service agree. */
public final class AccountNames {
    /** So that name and domain together stay within the 129 characters of a sign-in name. */
    private static final int LONGEST = 64;

    private AccountNames() {}

    /**
     * The name as it is kept: prepared as the localpart of an address (RFC 7622 §3.3).
     *
     * @throws IllegalArgumentException where it cannot be one; the message says why
     */
    public static String prepared(String name) {
        if (name.indexOf('@') >= 0) {
            throw new IllegalArgumentException("give the user name alone, without @ and domain");
        }
        String prepared = Jid.preparedLocal(name);
        if (prepared.codePointCount(0, prepared.length()) > LONGEST) {
            throw new IllegalArgumentException("a user name has at most " + LONGEST + " characters");
        }
        return prepared;
    }
}
