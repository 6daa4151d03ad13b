package dev.beckon.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.slf4j.event.KeyValuePair;

/**
 * The log for people: time in UTC, level, thread, logger, message, {@code field=value}; a fault's trace follows, each line of it
 * indented. What came from outside neither begins a line of its own nor steers a terminal.
 */
final class TextLines extends EncoderBase<ILoggingEvent> {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private static final int LONGEST_TRACE = 40;

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
        String logger = event.getLoggerName();
        StringBuilder line = new StringBuilder(200)
                .append(TIME.format(event.getInstant()))
                .append(' ')
                .append(event.getLevel())
                .append(event.getLevel().levelStr.length() == 4 ? "  [" : " [")
                .append(event.getThreadName())
                .append("] ")
                .append(logger.substring(logger.lastIndexOf('.') + 1))
                .append(' ')
                .append(Output.printable(event.getFormattedMessage()));
        if (event.getKeyValuePairs() != null) {
            for (KeyValuePair pair : event.getKeyValuePairs()) {
                String value = Output.printable(String.valueOf(pair.value));
                boolean plain = value.indexOf(' ') < 0 && value.indexOf('"') < 0 && !value.isEmpty();
                line.append(' ')
                        .append(pair.key)
                        .append('=')
                        .append(plain ? value : '"' + value.replace("\"", "\\\"") + '"');
            }
        }
        line.append('\n');
        IThrowableProxy fault = event.getThrowableProxy();
        if (fault != null) {
            ThrowableProxyUtil.asString(fault)
                    .lines()
                    .limit(LONGEST_TRACE)
                    .forEach(each -> line.append("    ")
                            .append(Output.printable(each.strip()))
                            .append('\n'));
        }
        return line.toString().getBytes(StandardCharsets.UTF_8);
    }
}
