package dev.beckon.service;

/** Whether applications must prove that they hold a key (spec §5). */
public enum Locking {
    /** From the first key that is issued, and for good: until then anything may be invited to, so that a new service just works. */
    AUTO,
    ON,
    OFF
}
