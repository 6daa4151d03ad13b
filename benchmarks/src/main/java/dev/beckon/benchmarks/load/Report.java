package dev.beckon.benchmarks.load;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.beckon.benchmarks.load.Outcome.Spread;
import java.util.Locale;
import java.util.Map;

/** Outcomes as people and as programs read them. */
final class Report {
    private Report() {}

    /** A title, a line per figure: median, and the least and the greatest where there were several rounds. */
    static String table(Outcome outcome) {
        Map<Measure, Spread> spreads = outcome.spreads();
        boolean several = outcome.rounds().size() > 1;
        StringBuilder table = new StringBuilder(outcome.title())
                .append(several ? ", median (min–max) of " + outcome.rounds().size() + " rounds" : "")
                .append('\n');
        int widest = spreads.keySet().stream()
                .mapToInt(m -> m.label().length())
                .max()
                .orElse(0);
        spreads.forEach((measure, spread) -> {
            table.append("  ")
                    .append(measure.label())
                    .append(" ".repeat(widest - measure.label().length()));
            table.append(String.format(Locale.ROOT, "%12s", number(measure, spread.median())));
            if (several) {
                table.append("  (")
                        .append(number(measure, spread.min()))
                        .append('–')
                        .append(number(measure, spread.max()))
                        .append(')');
            }
            table.append('\n');
        });
        outcome.notes().forEach(note -> table.append("  ! ").append(note).append('\n'));
        return table.toString();
    }

    private static String number(Measure measure, double value) {
        return String.format(Locale.ROOT, "%." + measure.decimals() + "f", value);
    }

    /** One object: the mode, what every round measured, and what must be known about it. */
    static JsonObject json(Outcome outcome) {
        JsonObject json = new JsonObject();
        json.addProperty("mode", outcome.mode());
        json.addProperty("title", outcome.title());
        json.addProperty("disturbed", outcome.isDisturbed());
        JsonArray notes = new JsonArray();
        outcome.notes().forEach(notes::add);
        json.add("notes", notes);
        JsonObject figures = new JsonObject();
        outcome.spreads().forEach((measure, spread) -> {
            JsonObject figure = new JsonObject();
            figure.addProperty("median", spread.median());
            figure.addProperty("min", spread.min());
            figure.addProperty("max", spread.max());
            JsonArray rounds = new JsonArray();
            outcome.rounds().forEach(round -> round.of(measure).ifPresent(rounds::add));
            figure.add("rounds", rounds);
            figures.add(measure.name().toLowerCase(Locale.ROOT), figure);
        });
        json.add("figures", figures);
        return json;
    }
}
