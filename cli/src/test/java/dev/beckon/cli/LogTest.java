package dev.beckon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MarkerFactory;

/** The log holds what happened, line by line, whatever people call themselves. */
class LogTest {
    /** Begins a line of its own, steers a terminal, turns the reading direction. */
    private static final String HOSTILE = "a\n2026-01-01T00:00:00.000Z INFO forged\r\u001b[31m\u202e\u2028\u0085";

    private final LoggerContext context = new LoggerContext();
    private final Logger logger = context.getLogger("dev.beckon.service.Something");
    private final ListAppender<ILoggingEvent> events = new ListAppender<>();

    @BeforeEach
    void listen() {
        events.start();
        logger.addAppender(events);
        logger.setLevel(Level.DEBUG);
    }

    private ILoggingEvent hostile() {
        logger.atWarn()
                .addKeyValue("account", HOSTILE)
                .addKeyValue("seconds", 3)
                .setCause(new IllegalStateException(HOSTILE, new RuntimeException(HOSTILE)))
                .log("seen {}", HOSTILE);
        return events.list.get(0);
    }

    @Test
    void aLineForPeopleStaysALine() {
        String text = new String(new TextLines().encode(hostile()), StandardCharsets.UTF_8);
        List<String> lines = text.lines().toList();
        assertThat(lines.get(0)).contains("WARN", "Something seen a", "account=", "seconds=3");
        assertThat(lines).hasSizeLessThanOrEqualTo(41);
        assertThat(lines.subList(1, lines.size()))
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line).startsWith("    "));
        assertThat(text.replace("\n", "").chars()).noneMatch(Character::isISOControl);
        assertThat(text).doesNotContain("\u202e", "\u2028");
    }

    @Test
    void anObjectForProgramsHasEverythingInItsField() {
        String text = new String(new JsonLines().encode(hostile()), StandardCharsets.UTF_8);
        assertThat(text.lines()).hasSize(1);
        assertThat(text.strip().chars()).noneMatch(Character::isISOControl);
        JsonObject line = JsonParser.parseString(text).getAsJsonObject();
        assertThat(line.keySet())
                .containsExactly("time", "level", "logger", "message", "thread", "account", "seconds", "stack");
        assertThat(line.get("time").getAsString()).matches("20[0-9T:.-]+Z");
        assertThat(line.get("level").getAsString()).isEqualTo("WARN");
        assertThat(line.get("message").getAsString()).isEqualTo("seen " + HOSTILE);
        assertThat(line.get("account").getAsString()).isEqualTo(HOSTILE);
        assertThat(line.get("seconds").getAsInt()).isEqualTo(3);
        assertThat(line.get("stack").getAsString()).contains("IllegalStateException");
    }

    @Test
    void theSameOverAndOverIsThinnedOutButNoSignIn() {
        Flood flood = new Flood();
        flood.start();
        events.addFilter(flood);
        for (int i = 0; i < 1_000; i++) {
            logger.info("refused {}", i);
            logger.atInfo().addMarker(MarkerFactory.getMarker("access")).log("signed in");
        }
        logger.info("something else");
        assertThat(events.list.stream().map(ILoggingEvent::getMessage))
                .filteredOn("refused {}"::equals)
                .hasSize(Flood.MOST);
        assertThat(events.list.stream().map(ILoggingEvent::getMessage))
                .filteredOn("signed in"::equals)
                .hasSize(1_000);
        assertThat(events.list.get(events.list.size() - 1).getMessage()).isEqualTo("something else");
    }
}
