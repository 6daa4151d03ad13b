package dev.beckon.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the log readable while somebody does the same over and over: of one message only so many a minute are let through, and how
 * many there were is said afterwards. What is marked {@code access} is let through always: each sign-in has its line.
 */
final class Flood extends Filter<ILoggingEvent> {
    /** Of one message, whatever its arguments, in a minute. */
    static final int MOST = 100;

    private static final Logger LOG = LoggerFactory.getLogger(Flood.class);
    private static final long WINDOW_MILLIS = TimeUnit.MINUTES.toMillis(1);
    private static final int MESSAGES = 1_000;

    private static final class Window {
        private final long start;
        private int count;

        Window(long start) {
            this.start = start;
        }
    }

    private final Map<String, Window> windows = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Window> eldest) {
            return size() > MESSAGES;
        }
    };

    @Override
    public FilterReply decide(ILoggingEvent event) {
        if (event.getMarkerList() != null
                && event.getMarkerList().stream()
                        .anyMatch(marker -> marker.getName().equals("access"))) {
            return FilterReply.NEUTRAL;
        }
        String key = event.getLoggerName() + ' ' + event.getMessage();
        int suppressed = 0;
        boolean passes;
        synchronized (windows) {
            Window window = windows.get(key);
            if (window == null || event.getTimeStamp() - window.start >= WINDOW_MILLIS) {
                suppressed = window == null ? 0 : Math.max(0, window.count - MOST);
                window = new Window(event.getTimeStamp());
                windows.put(key, window);
            }
            passes = ++window.count <= MOST;
        }
        if (suppressed > 0) {
            LOG.warn("{} more were left out within a minute: {}", suppressed, event.getMessage());
        }
        return passes ? FilterReply.NEUTRAL : FilterReply.DENY;
    }
}
