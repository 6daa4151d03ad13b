package dev.beckon.session;

/** Everything the engine needs of the world. */
public record Ports(
        Carrier carrier,
        ContactList contacts,
        Chat chat,
        LockAuthority authority,
        Registry registry,
        Launcher launcher,
        Path.Factory paths,
        Policy policy,
        Scheduler scheduler) {}
