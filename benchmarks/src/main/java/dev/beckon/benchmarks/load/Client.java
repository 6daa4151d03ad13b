package dev.beckon.benchmarks.load;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A user's connection, signing in and signed in. */
final class Client {
    /** A stream that broke and is to go on (XEP-0198 §5): its name, and how many stanzas have come on it. */
    record Resumption(String id, long received) {}

    final User user;
    final Connection connection;
    /** Completes once it is signed in and has seen its own presence; exceptionally, with a {@link ServerFault}, if that fails. */
    final CompletableFuture<Client> signedIn = new CompletableFuture<>();

    /** When connecting began, by {@link System#nanoTime}. */
    final long began = System.nanoTime();

    private volatile long ready;
    private volatile String jid = "";
    private volatile String features = "";
    private volatile long resumedAt;
    private final SignIn signIn;

    Client(Server server, Lane lane, User user, SignIns.Recipe recipe, @Nullable Resumption resumption) {
        this.user = user;
        signIn = new SignIn(this, server, recipe, resumption);
        connection = new Connection(server, lane, signIn);
    }

    void isSignedIn(String jid) {
        this.jid = jid;
        ready = System.nanoTime();
        signedIn.complete(this);
    }

    /** The server goes on with the stream that broke, of which it has handled so many stanzas. */
    void isResumed(long handled) {
        resumedAt = handled;
        ready = System.nanoTime();
        signedIn.complete(this);
    }

    long resumedAt() {
        return resumedAt;
    }

    /** What the server offers to who has authenticated. */
    void features(String offered) {
        features = offered;
    }

    /** Whether it offers what has this namespace. */
    boolean offers(String namespace) {
        return features.contains(namespace);
    }

    /** The full address. */
    String jid() {
        return jid;
    }

    String bare() {
        return jid.substring(0, jid.indexOf('/'));
    }

    /** How long signing in took, in nanoseconds. */
    long took() {
        return ready - began;
    }

    /** What it waits for, for people. */
    String waitsFor() {
        return signIn.waitsFor();
    }

    @Override
    public String toString() {
        return user.name();
    }
}
