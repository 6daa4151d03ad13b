package dev.beckon.service.metric;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A reader of Prometheus' text format 0.0.4 that takes nothing that is not in it, and holds histograms to what they promise. */
public final class Exposition {
    private static final Pattern COMMENT = Pattern.compile("# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)");
    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{(.*)\\})? ([^ ]+)");
    private static final Pattern LABEL =
            Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\\n]|\\\\[\\\\n\"])*)\"(,|$)");

    private final Map<String, String> types = new HashMap<>();
    private final Map<String, Double> samples = new LinkedHashMap<>();
    private final Map<String, Double> buckets = new HashMap<>();

    private Exposition() {}

    /** Throws AssertionError naming the line that is not in the format. */
    public static Exposition parse(String text) {
        Exposition all = new Exposition();
        require(text.endsWith("\n"), "the last line does not end");
        String helped = "";
        for (String line : text.split("\n")) {
            Matcher comment = COMMENT.matcher(line);
            if (line.startsWith("#")) {
                require(comment.matches(), line);
                if (comment.group(1).equals("HELP")) {
                    helped = comment.group(2);
                    require(!comment.group(3).replaceAll("\\\\[\\\\n]", "").contains("\\"), line);
                } else {
                    require(helped.equals(comment.group(2)), "no help before: " + line);
                    require(comment.group(3).matches("counter|gauge|histogram"), line);
                    require(all.types.put(comment.group(2), comment.group(3)) == null, "a second time: " + line);
                }
            } else {
                all.sample(line, helped);
            }
        }
        all.samples.keySet().stream()
                .filter(each -> each.contains("_bucket{"))
                .forEach(bucket -> require(
                        all.buckets.containsKey(bucket.replaceAll("_bucket.*", "") + series(bucket)),
                        "no +Inf: " + bucket));
        return all;
    }

    private void sample(String line, String family) {
        Matcher sample = SAMPLE.matcher(line);
        require(sample.matches(), line);
        String name = sample.group(1);
        String labels = sample.group(3) == null ? "" : sample.group(3);
        Matcher label = LABEL.matcher(labels);
        int at = 0;
        while (at < labels.length()) {
            require(label.find(at) && label.start() == at, line);
            at = label.end();
        }
        require(!labels.endsWith(","), line);
        String type = String.valueOf(types.get(family));
        boolean belongs = type.equals("histogram")
                ? name.matches(Pattern.quote(family) + "_(bucket|sum|count)")
                : name.equals(family);
        require(belongs, "not beside its own: " + line);
        double value = Double.parseDouble(sample.group(4).replace("+Inf", "Infinity"));
        require(!type.equals("counter") || value >= 0, line);
        require(
                samples.put(labels.isEmpty() ? name : name + "{" + labels + "}", value) == null,
                "a second time: " + line);
        if (name.endsWith("_bucket") && type.equals("histogram")) {
            double below = buckets.getOrDefault(family + series(line), 0.0);
            require(value >= below, "fewer than below: " + line);
            buckets.put(family + series(line), value);
        }
        if (name.endsWith("_count") && type.equals("histogram")) {
            require(value == buckets.get(family + series(line)), "not what the last bucket has: " + line);
        }
    }

    /** Labels but {@code le}. */
    private static String series(String sample) {
        int from = sample.indexOf('{');
        return from < 0
                ? "{}"
                : sample.substring(from, sample.lastIndexOf('}') + 1).replaceAll(",?le=\"[^\"]*\"", "");
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError("not in the format: " + otherwise);
        }
    }

    /** The value of a sample, named as it is written. */
    public double value(String sample) {
        Double value = samples.get(sample);
        if (value == null) {
            throw new AssertionError(sample + " is not among " + samples.keySet());
        }
        return value;
    }

    /** The sum of all samples of this name. */
    public double sum(String name) {
        return samples.entrySet().stream()
                .filter(each -> each.getKey().equals(name) || each.getKey().startsWith(name + "{"))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }
}
