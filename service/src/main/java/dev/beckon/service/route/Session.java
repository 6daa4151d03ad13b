package dev.beckon.service.route;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A signed-in device: a full address and where its stanzas go out. Thread-safe. */
public final class Session {
    /** A value that a feature keeps with a session: make one constant per value; it is found by identity. */
    public static final class Key<T> {
        private final String name;
        private final @Nullable Function<T, String> write;
        private final @Nullable Function<String, T> read;

        /** {@code name} is for debugging. */
        public Key(String name) {
            this(name, null, null);
        }

        private Key(String name, @Nullable Function<T, String> write, @Nullable Function<String, T> read) {
            this.name = name;
            this.write = write;
            this.read = read;
        }

        /**
         * The key of a value that outlasts a restart of the service with its session (XEP-0198), as a text of that {@code name}: to be
         * told to {@link Hooks#lasting} too.
         */
        public static <T> Key<T> lasting(String name, Function<T, String> write, Function<String, T> read) {
            return new Key<>(name, write, read);
        }

        /** A lasting key whose value is there or not. */
        public static Key<Boolean> flag(String name) {
            return lasting(name, Object::toString, Boolean::valueOf);
        }

        String name() {
            return name;
        }

        /** The value that a session keeps under this key as text; null if there is none, or it does not last. */
        @Nullable
        String of(Session session) {
            T value = session.attribute(this);
            return value == null || write == null ? null : write.apply(value);
        }

        /** Gives a session the value that was written. */
        void restore(Session session, String text) {
            if (read != null) {
                session.attribute(this, read.apply(text));
            }
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** Where a session's stanzas go out. */
    public interface Outlet {
        /** Queues a stanza; from any thread, never blocks. Keeps the order of calls from one thread. */
        void send(Stanza stanza);

        /** Ends the stream with this error; from any thread. */
        void close(StreamError error);

        /** The address of the other end as text. */
        String address();

        /** Whether a client is connected; else what is sent is kept until it resumes (XEP-0198 §5). */
        default boolean isConnected() {
            return true;
        }
    }

    /** The salt of the credentials a session signed in with: each new password has a new one. */
    public static final Key<byte[]> SALT = Key.lasting(
            "salt", HexFormat.of()::formatHex, text -> HexFormat.of().parseHex(text));

    private final Jid jid;
    private volatile Outlet outlet;
    private volatile @Nullable Stanza presence;
    private volatile int priority;
    private volatile boolean open = true;
    // Pairs of key and value, replaced whole: few and rarely set.
    private volatile Object[] attributes = new Object[0];
    private CompletionStage<?> lastStep = Hooks.DONE;

    /** A session that is not yet known to the router. */
    public Session(Jid jid, Outlet outlet) {
        this.jid = jid;
        this.outlet = outlet;
    }

    /** The full address. */
    public Jid jid() {
        return jid;
    }

    /** Whether initial presence was sent and not taken back (RFC 6121 §4.2). */
    public boolean isAvailable() {
        return presence != null;
    }

    /** The presence last broadcast; null while unavailable. */
    public @Nullable Stanza presence() {
        return presence;
    }

    /** The priority last broadcast, -128 to 127 (RFC 6121 §4.7.2.3); 0 while unavailable. */
    public int priority() {
        return priority;
    }

    /** Whether its client is connected; else it has been lost and may resume (XEP-0198 §5). */
    public boolean isConnected() {
        return outlet.isConnected();
    }

    /** Where its stanzas go out. */
    public Outlet outlet() {
        return outlet;
    }

    /** From now on its stanzas go out here; some that are on their way may still take the way before. */
    public void outlet(Outlet outlet) {
        this.outlet = outlet;
    }

    /** Whether it is still signed in. */
    public boolean isOpen() {
        return open;
    }

    /** The address of the other end as text, for limits and logs. */
    public String address() {
        return outlet.address();
    }

    /** Ends the stream with this error; from any thread. What goes with a session's end happens as for any other end. */
    public void close(StreamError error) {
        outlet.close(error);
    }

    /** The value kept under {@code key}, or null. */
    @SuppressWarnings("unchecked")
    public <T> @Nullable T attribute(Key<T> key) {
        Object[] pairs = attributes;
        for (int i = 0; i < pairs.length; i += 2) {
            if (pairs[i] == key) {
                return (T) pairs[i + 1];
            }
        }
        return null;
    }

    /** Keeps a value under {@code key}; null forgets it. */
    public synchronized <T> void attribute(Key<T> key, @Nullable T value) {
        Object[] pairs = attributes;
        int at = 0;
        while (at < pairs.length && pairs[at] != key) {
            at += 2;
        }
        if (value == null) {
            if (at < pairs.length) {
                Object[] fewer = Arrays.copyOf(pairs, pairs.length - 2);
                System.arraycopy(pairs, at + 2, fewer, at, pairs.length - at - 2);
                attributes = fewer;
            }
            return;
        }
        Object[] changed = Arrays.copyOf(pairs, Math.max(pairs.length, at + 2));
        changed[at] = key;
        changed[at + 1] = value;
        attributes = changed;
    }

    void send(Stanza stanza) {
        outlet.send(stanza);
    }

    /**
     * Takes a step that concerns the session's presence once those before it are done: what others see of it must come in order,
     * also when it ends while they are still being told that it is there. A step that fails holds nobody up.
     */
    CompletionStage<?> inTurn(Supplier<CompletionStage<?>> step) {
        CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
        CompletionStage<?> before;
        synchronized (this) {
            before = lastStep;
            lastStep = done;
        }
        return before.thenCompose(none -> step.get()).whenComplete((none, fault) -> done.complete(null));
    }

    void presence(@Nullable Stanza presence, int priority) {
        this.priority = priority;
        this.presence = presence;
    }

    /** True for the first call only. */
    synchronized boolean end() {
        boolean first = open;
        open = false;
        return first;
    }

    @Override
    public String toString() {
        return jid.toString();
    }
}
