package dev.beckon.samples.whiteboard;

import dev.beckon.LockResponse;
import dev.beckon.LockStatus;
import dev.beckon.Messenger;
import dev.beckon.ResultCode;
import dev.beckon.SessionException;
import dev.beckon.SessionManagerListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The ID and key this application was issued by a service that locks. The key itself never leaves this process. */
record Key(String appId, String secret) {
    private static final int SECONDS = 30;

    /** Reads a file that holds the ID and the key, separated by white space. */
    static Key read(Path file) throws IOException {
        String[] words = Files.readString(file).strip().split("\\s+", 3);
        if (words.length != 2) {
            throw new IllegalArgumentException("--key: " + file + " must hold an application ID and its key, no more");
        }
        return new Key(words[0], words[1]);
    }

    /** Opens the lock, and answers each later challenge, so that it stays open. Waits for the first judgement. */
    void open(Messenger messenger) throws InterruptedException {
        Opener opener = new Opener(messenger);
        messenger.sessionManager().addListener(opener);
        opener.standsAt(messenger.sessionManager().lock().status());
        try {
            if (!opener.open.get(SECONDS, TimeUnit.SECONDS)) {
                throw new SessionException(
                        ResultCode.LOCK_UNLOCK_FAILED,
                        "the service refuses the key of " + appId,
                        "ask its operator for another");
            }
        } catch (ExecutionException | TimeoutException e) {
            throw new SessionException(
                    ResultCode.LOCK_NOTINITIALIZED,
                    "the service has not said whether it locks",
                    "see what beckon status says");
        }
    }

    private final class Opener implements SessionManagerListener {
        private final Messenger messenger;
        private final CompletableFuture<Boolean> open = new CompletableFuture<>();

        Opener(Messenger messenger) {
            this.messenger = messenger;
        }

        void standsAt(LockStatus status) {
            switch (status) {
                case DISABLED, UNLOCKED -> open.complete(true);
                case INITIALIZED, UNLOCKFAILED -> onLockEnable(true);
                case NOTINITIALIZED, PENDINGRESULT -> {
                    // It is told: onLockEnable, onLockResult.
                }
            }
        }

        @Override
        public void onLockEnable(boolean enabled) {
            if (!enabled) {
                open.complete(true);
                return;
            }
            try {
                messenger
                        .sessionManager()
                        .lock()
                        .requestChallenge(ThreadLocalRandom.current().nextLong());
            } catch (SessionException e) {
                // Asked already, or open again: what becomes of that is told.
                if (e.code() != ResultCode.LOCK_PENDING_UNLOCK && e.code() != ResultCode.LOCK_ALREADY_UNLOCKED) {
                    Whiteboard.explain(e);
                }
            }
        }

        @Override
        public void onLockChallenge(long cookie, String challenge) {
            String user = messenger.self().signInName();
            messenger
                    .sessionManager()
                    .lock()
                    .sendResponse(appId, LockResponse.hmacSha256(secret, challenge, appId, user), cookie);
        }

        @Override
        public void onLockResult(long cookie, boolean succeeded) {
            open.complete(succeeded);
        }
    }

    @Override
    public String toString() {
        return "key of " + appId;
    }
}
