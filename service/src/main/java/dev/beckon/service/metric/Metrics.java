package dev.beckon.service.metric;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleSupplier;
import java.util.regex.Pattern;

/**
 * Everything a service counts and measures, by name. What is asked for twice, with the same name and label, is the same. Names and
 * labels come from the program, never from clients: none is ever forgotten. Thread-safe.
 *
 * <p>A label, where there is one, is given as its name and value.
 */
public final class Metrics {
    /** The media type of {@link #text()}. */
    public static final String MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private static final Pattern NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");

    /** Writes its lines, given its name and labels. */
    @FunctionalInterface
    private interface Series {
        void write(String name, String labels, StringBuilder out);
    }

    private record Family(String type, String help, Map<String, Held> series) {}

    private record Held(Object kept, Series series) {}

    private final Map<String, Family> families = new TreeMap<>();

    /** A count; by custom its name ends in {@code _total}. */
    public Counter counter(String name, String help, String... label) {
        Counter counter = new Counter();
        return held("counter", name, help, label, counter, value(counter::sum));
    }

    /** A count that somebody else keeps. */
    public void counter(String name, String help, DoubleSupplier sum, String... label) {
        held("counter", name, help, label, sum, value(sum));
    }

    /** What goes up and down; asked for when it is read. NaN leaves it out. */
    public void gauge(String name, String help, DoubleSupplier now, String... label) {
        held("gauge", name, help, label, now, value(now));
    }

    /** A duration; by custom its name ends in {@code _seconds}. */
    public Timing timing(String name, String help, String... label) {
        return timing(name, help, new Timing(), label);
    }

    /** A duration that is recorded already. */
    public Timing timing(String name, String help, Timing timing, String... label) {
        return held("histogram", name, help, label, timing, timing::write);
    }

    private static Series value(DoubleSupplier now) {
        return (name, labels, out) -> {
            double value = now.getAsDouble();
            if (!Double.isNaN(value)) {
                out.append(name)
                        .append(labels)
                        .append(' ')
                        .append(number(value))
                        .append('\n');
            }
        };
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    @SuppressWarnings("unchecked")
    private synchronized <T> T held(String type, String name, String help, String[] label, T made, Series series) {
        if (!NAME.matcher(name).matches() || label.length % 2 != 0) {
            throw new IllegalArgumentException("no metric: " + name);
        }
        Family family = families.computeIfAbsent(name, none -> new Family(type, help, new TreeMap<>()));
        if (!family.type.equals(type) || !family.help.equals(help)) {
            throw new IllegalArgumentException(name + " is something else already");
        }
        return (T) family.series.computeIfAbsent(labels(label), none -> new Held(made, series)).kept;
    }

    private static String labels(String... label) {
        if (label.length == 0) {
            return "";
        }
        StringBuilder labels = new StringBuilder("{");
        for (int i = 0; i < label.length; i += 2) {
            if (!NAME.matcher(label[i]).matches()) {
                throw new IllegalArgumentException("no label: " + label[i]);
            }
            labels.append(i == 0 ? "" : ",").append(label[i]).append("=\"");
            labels.append(escaped(label[i + 1]).replace("\"", "\\\"")).append('"');
        }
        return labels.append('}').toString();
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\n", "\\n");
    }

    /** All of it in Prometheus' text format, 0.0.4. */
    public synchronized String text() {
        StringBuilder out = new StringBuilder(16 * 1024);
        families.forEach((name, family) -> {
            out.append("# HELP ")
                    .append(name)
                    .append(' ')
                    .append(escaped(family.help))
                    .append('\n');
            out.append("# TYPE ").append(name).append(' ').append(family.type).append('\n');
            family.series.forEach((labels, held) -> held.series.write(name, labels, out));
        });
        return out.toString();
    }
}
