package dev.beckon.benchmarks.load;

import java.util.Random;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A user of a soak who only comes and goes: in order, by a reset, by a reset amid signing in, or by falling silent until the server
 * gives up. On one event loop.
 */
final class Churner implements Connection.Reader {
    private final SignIns signIns;
    private final Faults faults;
    private final User user;
    private final Lane lane;
    private final long silenceMillis;
    private final Random random;
    private @Nullable Client client;
    private @Nullable ScheduledFuture<?> overdue;
    private boolean silent;
    private boolean stopped;
    private long visits;
    private long givenUp;

    /** {@code silenceMillis} is how long the server may take to give up on who is silent; 0 if nobody is to be. */
    Churner(SignIns signIns, Faults faults, User user, Lane lane, long silenceMillis, long seed) {
        this.signIns = signIns;
        this.faults = faults;
        this.user = user;
        this.lane = lane;
        this.silenceMillis = silenceMillis;
        random = new Random(seed);
    }

    private void later(int most, Runnable task) {
        lane.loop().schedule(task, random.nextInt(most), TimeUnit.MILLISECONDS);
    }

    void begin() {
        later(500, this::visit);
    }

    private void visit() {
        if (stopped) {
            return;
        }
        visits++;
        silent = false;
        Client next = signIns.begin(user, lane, null);
        client = next;
        boolean impatient = random.nextInt(5) == 0;
        if (impatient) {
            later(30, () -> {
                next.connection.reset();
                later(500, this::visit);
            });
        }
        next.signedIn.whenComplete((done, fault) -> {
            if (impatient) {
                return;
            }
            if (fault != null) {
                faults.add(String.valueOf(fault.getMessage()));
                return;
            }
            next.connection.reader(this);
            later(800, this::go);
        });
    }

    private void go() {
        Client leaving = client;
        if (leaving == null || leaving.connection.isOver()) {
            return;
        }
        int how = random.nextInt(20);
        if (how == 0 && silenceMillis > 0) {
            silent = true;
            overdue = lane.loop()
                    .schedule(
                            () -> faults.add(
                                    user + " is silent since " + silenceMillis + " ms, the server did not notice"),
                            silenceMillis,
                            TimeUnit.MILLISECONDS);
            return;
        }
        if (how < 10) {
            leaving.connection.reset();
        } else {
            leaving.connection.leave();
        }
        later(500, this::visit);
    }

    /** Whatever comes, even a ping, is not answered: it is gone soon, or silent. */
    @Override
    public void element(byte[] in, int from, int to) {}

    @Override
    public void ended(String why) {
        if (!silent) {
            faults.add(user + ": " + why);
            return;
        }
        givenUp++;
        if (overdue != null) {
            overdue.cancel(false);
        }
        later(500, this::visit);
    }

    void stop() {
        stopped = true;
        if (overdue != null) {
            overdue.cancel(false);
        }
        if (client != null) {
            client.connection.reset();
        }
    }

    long visits() {
        return visits;
    }

    /** How often the server gave up on it. */
    long givenUp() {
        return givenUp;
    }
}
