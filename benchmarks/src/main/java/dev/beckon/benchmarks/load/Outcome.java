package dev.beckon.benchmarks.load;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** What one mode measured, in rounds, and what is to be known about it. */
final class Outcome {
    /** A round's figures. */
    static final class Round {
        private final Map<Measure, Double> figures = new EnumMap<>(Measure.class);
        private final List<String> notes = new ArrayList<>();
        private boolean disturbed;

        Round put(Measure measure, double value) {
            if (Double.isFinite(value)) {
                figures.put(measure, value);
            }
            return this;
        }

        OptionalDouble of(Measure measure) {
            Double value = figures.get(measure);
            return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
        }

        /** Says something that must be known to read the figures. */
        void note(String note) {
            notes.add(note);
        }

        /** Something else kept the machine busy. */
        void disturbed() {
            disturbed = true;
        }

        boolean isDisturbed() {
            return disturbed;
        }
    }

    /** Of several rounds: the middle one, and how far they lie apart. */
    record Spread(double median, double min, double max) {
        /** Of at least one value; of an even number the median is the mean of the two in the middle. */
        static Spread of(double... values) {
            double[] sorted = values.clone();
            Arrays.sort(sorted);
            int middle = sorted.length / 2;
            double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
            return new Spread(median, sorted[0], sorted[sorted.length - 1]);
        }
    }

    private final String mode;
    private final String title;
    private final List<Round> rounds = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    Outcome(String mode, String title) {
        this.mode = mode;
        this.title = title;
    }

    void add(Round round) {
        rounds.add(round);
        round.notes.forEach(this::note);
    }

    /** Says something that must be known to read the figures of all rounds. */
    void note(String note) {
        if (!notes.contains(note)) {
            notes.add(note);
        }
    }

    String mode() {
        return mode;
    }

    String title() {
        return title;
    }

    List<Round> rounds() {
        return List.copyOf(rounds);
    }

    List<String> notes() {
        return List.copyOf(notes);
    }

    boolean isDisturbed() {
        return rounds.stream().anyMatch(Round::isDisturbed);
    }

    /** Every figure that some round has. */
    Map<Measure, Spread> spreads() {
        Map<Measure, Spread> spreads = new EnumMap<>(Measure.class);
        for (Measure measure : Measure.values()) {
            double[] values = rounds.stream()
                    .flatMapToDouble(round -> round.of(measure).stream())
                    .toArray();
            if (values.length > 0) {
                spreads.put(measure, Spread.of(values));
            }
        }
        return spreads;
    }
}
