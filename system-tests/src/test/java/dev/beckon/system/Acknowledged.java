package dev.beckon.system;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What a service has said that it did, and what it was asked and had not answered when it was killed. */
final class Acknowledged {
    /** Accounts that were made, each with the password that was answered for last. */
    final Map<String, String> accounts = new ConcurrentHashMap<>();

    /** Passwords that were asked for and not answered: whether they hold nobody can say. */
    final Map<String, String> askedPasswords = new ConcurrentHashMap<>();

    // Each of these is written by one thread.
    final List<String> contacts = new ArrayList<>();
    final List<String> blocked = new ArrayList<>();
    final Map<String, String> keys = new HashMap<>();

    /** The last number that was written in place of the one before. */
    int document = -1;

    /** How many messages were taken for somebody who is away. */
    int messages;

    /** How many steps of {@link KillLoad#GAME} both sides have heard of. */
    int steps;

    int total() {
        return accounts.size() + contacts.size() + blocked.size() + keys.size() + document + 1 + messages + steps;
    }
}
