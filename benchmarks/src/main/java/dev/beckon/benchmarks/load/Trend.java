package dev.beckon.benchmarks.load;

import java.util.ArrayList;
import java.util.List;

/** A figure that is looked at again and again, and whether it stays level. */
final class Trend {
    private final String name;
    private final String unit;
    private final double tolerance;
    private final List<double[]> samples = new ArrayList<>();

    /** More than {@code tolerance}, and more than a tenth, is growth. */
    Trend(String name, String unit, double tolerance) {
        this.name = name;
        this.unit = unit;
        this.tolerance = tolerance;
    }

    /** The value at this time, in seconds from the beginning. */
    void add(double seconds, double value) {
        samples.add(new double[] {seconds, value});
    }

    boolean isEmpty() {
        return samples.isEmpty();
    }

    List<Double> values() {
        return samples.stream().map(sample -> sample[1]).toList();
    }

    private List<double[]> secondHalf() {
        return samples.subList(samples.size() / 2, samples.size());
    }

    /** How much it grew over the second half, by the line that fits best: the first half is warming up. */
    double growth() {
        List<double[]> half = secondHalf();
        return half.size() < 2 ? 0 : slope(half) * (half.get(half.size() - 1)[0] - half.get(0)[0]);
    }

    private static double slope(List<double[]> points) {
        double x = points.stream().mapToDouble(p -> p[0]).average().orElse(0);
        double y = points.stream().mapToDouble(p -> p[1]).average().orElse(0);
        double xy = points.stream().mapToDouble(p -> (p[0] - x) * (p[1] - y)).sum();
        double xx = points.stream().mapToDouble(p -> (p[0] - x) * (p[0] - x)).sum();
        return xx == 0 ? 0 : xy / xx;
    }

    /** Whether it goes on growing: by more than is tolerated, and by more than it goes up and down anyway. */
    boolean isLeak() {
        List<double[]> half = secondHalf();
        if (half.size() < 3) {
            return false;
        }
        double mean = half.stream().mapToDouble(p -> p[1]).average().orElse(0);
        double slope = slope(half);
        double x = half.stream().mapToDouble(p -> p[0]).average().orElse(0);
        double scatter = Math.sqrt(half.stream()
                        .mapToDouble(p -> p[1] - mean - slope * (p[0] - x))
                        .map(rest -> rest * rest)
                        .sum()
                / half.size());
        return growth() > Math.max(tolerance, mean / 10) && growth() > 2 * scatter;
    }

    /** One line: whether it is level, and the series. */
    @Override
    public String toString() {
        StringBuilder line = new StringBuilder(String.format(
                java.util.Locale.ROOT, "%-8s %s, %+.1f %s over the second half:", name, verdict(), growth(), unit));
        values().forEach(value -> line.append(String.format(java.util.Locale.ROOT, " %.1f", value)));
        return line.toString();
    }

    private String verdict() {
        return secondHalf().size() < 3 ? "too few samples" : isLeak() ? "LEAK" : "level";
    }
}
