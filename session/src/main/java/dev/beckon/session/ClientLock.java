package dev.beckon.session;

import dev.beckon.Lock;
import dev.beckon.LockStatus;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The {@link Lock} of one connection. */
final class ClientLock implements Lock {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Engine engine;
    private final ClientMessenger client;
    private final LockMachine machine = new LockMachine();
    /** Two applications may choose the same number: what the authority sees is a number of this engine's. */
    private long asked;

    private long askedOnWire;
    private Scheduler.@Nullable Timer expiry;
    private LockAuthority.@Nullable Ticket ticket;
    /** The application ID this object was unlocked with last. */
    private @Nullable String unlockedAs;

    ClientLock(Engine engine, ClientMessenger client) {
        this.engine = engine;
        this.client = client;
    }

    @Override
    public LockStatus status() {
        return engine.call(machine::status);
    }

    @Override
    public void requestChallenge(long cookie) {
        engine.call(() -> perform(machine.request(cookie)));
    }

    @Override
    public void sendResponse(String appId, String response, long cookie) {
        engine.call(() -> perform(machine.respond(appId, response, cookie)));
    }

    // ---- on the engine's thread

    void enabled(boolean locks) {
        forget();
        perform(machine.enabled(locks));
    }

    /** Whether this object was unlocked with this application ID; with any where it is null. */
    boolean wasUnlockedAs(@Nullable String appId) {
        return unlockedAs != null && (appId == null || appId.equals(unlockedAs));
    }

    void challenged(LockAuthority.Challenge challenge) {
        perform(machine.challenged(challenge.cookie(), challenge.nonce(), false));
    }

    /** Gets a challenge of its own where the authority sent one unasked. */
    void challengeAnew() {
        on(engine.ports.authority().challenge(RANDOM.nextInt() & 0xFFFF_FFFFL), this::challenged, failure -> {
            // The ticket runs out by itself.
        });
    }

    void offline() {
        perform(machine.offline());
        forget();
    }

    boolean isOpen() {
        return machine.isOpen();
    }

    void check() {
        machine.check();
    }

    /** The ticket this object was unlocked with, where it covers the application and holds still. */
    @Nullable
    String ticket(String guid) {
        LockAuthority.Ticket held = ticket;
        return held != null && held.guids().contains(guid) && held.expires().isAfter(engine.now()) ? held.jws() : null;
    }

    void close() {
        forget();
    }

    private void forget() {
        ticket = null;
        unlockedAs = null;
        if (expiry != null) {
            expiry.cancel();
            expiry = null;
        }
    }

    private boolean perform(List<LockMachine.Effect> effects) {
        for (LockMachine.Effect effect : effects) {
            if (effect instanceof LockMachine.Effect.AskChallenge e) {
                askChallenge(e.cookie());
            } else if (effect instanceof LockMachine.Effect.Respond e) {
                respond(e);
            } else if (effect instanceof LockMachine.Effect.Keep e) {
                engine.locks.keep(e.ticket());
                hold(e.ticket());
            } else if (effect instanceof LockMachine.Effect.Enable e) {
                client.manager.tell(l -> l.onLockEnable(e.locks()));
            } else if (effect instanceof LockMachine.Effect.Challenge e) {
                client.manager.tell(l -> l.onLockChallenge(e.cookie(), e.nonce()));
            } else if (effect instanceof LockMachine.Effect.Result e) {
                client.manager.tell(l -> l.onLockResult(e.cookie(), e.succeeded()));
            } else if (effect instanceof LockMachine.Effect.Status e) {
                client.manager.tell(l -> l.onLockStatusChanged(e.status()));
                if (machine.isOpen()) {
                    client.flush();
                }
            }
        }
        return true;
    }

    private void askChallenge(long cookie) {
        asked = cookie;
        askedOnWire = RANDOM.nextInt() & 0xFFFF_FFFFL;
        on(
                engine.ports.authority().challenge(askedOnWire),
                challenge -> perform(machine.challenged(cookie, challenge.nonce(), true)),
                failure -> perform(machine.failed(cookie)));
    }

    private void respond(LockMachine.Effect.Respond response) {
        long wire = response.cookie() == asked ? askedOnWire : response.cookie();
        on(
                engine.ports.authority().respond(wire, response.appId(), response.response()),
                judged -> {
                    perform(machine.judged(response.cookie(), judged));
                    if (judged == ticket) {
                        unlockedAs = response.appId();
                        engine.locks.renewed(response.appId(), judged);
                    }
                },
                failure -> perform(
                        failure instanceof LockAuthority.Refused
                                ? machine.judged(response.cookie(), null)
                                : machine.failed(response.cookie())));
    }

    /** Another object earned a new ticket with this application ID: it keeps open all that are open by that ID. */
    void renewed(String appId, LockAuthority.Ticket newer) {
        if (machine.status() == LockStatus.UNLOCKED && newer != ticket && appId.equals(unlockedAs)) {
            hold(newer);
        }
    }

    private void hold(LockAuthority.Ticket newer) {
        String appId = unlockedAs;
        forget();
        unlockedAs = appId;
        ticket = newer;
        Duration left = Duration.between(engine.now(), newer.expires());
        expiry = engine.schedule(left.isNegative() ? Duration.ZERO : left, () -> {
            forget();
            perform(machine.expired());
        });
    }

    private <T> void on(CompletionStage<T> stage, Consumer<T> taken, Consumer<Throwable> failed) {
        stage.whenComplete((value, failure) -> engine.run(() -> {
            if (failure == null) {
                taken.accept(value);
            } else {
                Throwable cause = failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
                failed.accept(cause);
            }
        }));
    }
}
