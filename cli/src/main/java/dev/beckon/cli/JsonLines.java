package dev.beckon.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.slf4j.event.KeyValuePair;

/**
 * The log for programs: one JSON object a line with {@code time} (UTC), {@code level}, {@code logger}, {@code message},
 * {@code thread}, the fields of the event, and {@code stack} where there was a fault.
 */
final class JsonLines extends EncoderBase<ILoggingEvent> {
    private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

    @Override
    public byte[] headerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] footerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        JsonObject line = new JsonObject();
        line.addProperty("time", event.getInstant().toString());
        line.addProperty("level", event.getLevel().levelStr);
        line.addProperty("logger", event.getLoggerName());
        line.addProperty("message", event.getFormattedMessage());
        line.addProperty("thread", event.getThreadName());
        if (event.getKeyValuePairs() != null) {
            for (KeyValuePair pair : event.getKeyValuePairs()) {
                if (pair.value instanceof Number number) {
                    line.addProperty(pair.key, number);
                } else {
                    line.addProperty(pair.key, String.valueOf(pair.value));
                }
            }
        }
        if (event.getThrowableProxy() != null) {
            line.addProperty("stack", ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
        return (escaped(GSON.toJson(line)) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** JSON lets through what still steers a terminal, or turns the reading direction. */
    private static String escaped(String json) {
        if (json.chars().allMatch(c -> c < 0x7f)) {
            return json;
        }
        StringBuilder text = new StringBuilder(json.length() + 16);
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            boolean harmless = !Character.isISOControl(c) && Character.getType(c) != Character.FORMAT;
            if (harmless) {
                text.append(c);
            } else {
                text.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            }
        }
        return text.toString();
    }
}
