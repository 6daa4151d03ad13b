package dev.beckon.service;

/** Which of the two sets of application keys the service takes; a key of one does not work in the other (spec §5). */
public enum Environment {
    TEST,
    PRODUCTION
}
