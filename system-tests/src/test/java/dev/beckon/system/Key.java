package dev.beckon.system;

import dev.beckon.LockResponse;
import dev.beckon.LockStatus;
import dev.beckon.Messenger;
import dev.beckon.SessionManager;
import dev.beckon.SessionManagerListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** What an operator gives a developer, and what the developer's application does with it. */
record Key(String appId, String secret) {
    static Key read(String appId, Path file) {
        try {
            return new Key(appId, Files.readString(file).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file with the key that only its owner reads. */
    Path file(Path folder) {
        try {
            Path file = Files.createTempFile(
                    folder,
                    "key",
                    "",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            return Files.writeString(file, secret);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String response(String challenge, Messenger messenger) {
        return LockResponse.hmacSha256(
                secret, challenge, appId, messenger.self().signInName());
    }

    /** Opens the lock of a connection, or does not; what the service judged. */
    boolean unlock(Messenger messenger) {
        SessionManager manager = messenger.sessionManager();
        long cookie = ThreadLocalRandom.current().nextLong();
        CompletableFuture<Boolean> known = new CompletableFuture<>();
        CompletableFuture<Boolean> result = new CompletableFuture<>();
        SessionManagerListener listener = new SessionManagerListener() {
            @Override
            public void onLockEnable(boolean enabled) {
                known.complete(enabled);
            }

            @Override
            public void onLockChallenge(long asked, String challenge) {
                if (asked == cookie) {
                    manager.lock().sendResponse(appId, response(challenge, messenger), cookie);
                }
            }

            @Override
            public void onLockResult(long asked, boolean succeeded) {
                if (asked == cookie) {
                    result.complete(succeeded);
                }
            }
        };
        manager.addListener(listener);
        try {
            if (manager.lock().status() == LockStatus.NOTINITIALIZED) {
                known.get(Times.LONG.toSeconds(), TimeUnit.SECONDS);
            }
            manager.lock().requestChallenge(cookie);
            return result.get(Times.LONG.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("no judgement of the response", e);
        } finally {
            manager.removeListener(listener);
        }
    }

    /** Answers every challenge that comes, until it is closed. */
    Keeping keepUnlocked(Messenger messenger) {
        SessionManagerListener listener = new SessionManagerListener() {
            @Override
            public void onLockChallenge(long cookie, String challenge) {
                messenger.sessionManager().lock().sendResponse(appId, response(challenge, messenger), cookie);
            }
        };
        messenger.sessionManager().addListener(listener);
        return () -> messenger.sessionManager().removeListener(listener);
    }

    interface Keeping extends AutoCloseable {
        @Override
        void close();
    }

    @Override
    public String toString() {
        return "key of " + appId;
    }
}
