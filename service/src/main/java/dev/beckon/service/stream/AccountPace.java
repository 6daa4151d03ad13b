package dev.beckon.service.stream;

import dev.beckon.service.route.Jid;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How fast an account may send over all its connections. These count by themselves and tell only every {@value #SHARE} stanzas, so that
 * a stanza costs nothing here. Knows the accounts that sent last; others have long been silent. Any thread.
 */
final class AccountPace {
    /** How many stanzas a connection counts before it tells. */
    static final int SHARE = 64;

    private static final int ACCOUNTS = 10_000;

    private record Rate(Pace pace, int perSecond) {}

    private final IntSupplier perSecond;
    private final Map<Jid, Rate> rates = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Jid, Rate> eldest) {
            return size() > ACCOUNTS;
        }
    };

    AccountPace(IntSupplier perSecond) {
        this.perSecond = perSecond;
    }

    /** A connection of an account has sent {@link #SHARE} more. Returns how many nanoseconds it should wait, 0 for not at all. */
    long count(@Nullable Jid account, long now) {
        if (account == null) {
            return 0;
        }
        int most = perSecond.getAsInt();
        synchronized (rates) {
            Rate rate = rates.get(account);
            if (rate == null || rate.perSecond != most) {
                rate = new Rate(new Pace(most, now), most);
                rates.put(account, rate);
            }
            return rate.pace.count(SHARE, now);
        }
    }
}
