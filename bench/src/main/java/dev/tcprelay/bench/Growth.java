package dev.tcprelay.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What one more costs when there are many: a course for each contender over the number of streams or tunnels, which
 * stands on a logarithmic axis. A level course means that the whole grows with the number and no faster.
 *
 * @param courses by contender: the cost of each, by number
 */
record Growth(String title, Map<String, SortedMap<Integer, Double>> courses) {
    /** Of the drawing, pixels. */
    static final int HEIGHT = 260;

    private static final int LEFT = 60;
    private static final int WIDTH = 620;
    private static final int TOP = 20;
    private static final int BOTTOM = 30;
    private static final int LABEL = 13;

    /** Those for which at least two numbers were measured. */
    static List<Growth> all(Figures figures) {
        return List.of(
                        of(figures, Bulk.NAME, "cpu_s_per_gib", "CPU seconds per GiB, by number of streams"),
                        of(figures, Idle.NAME, "resident_bytes", "bytes of memory per idle tunnel, by their number"))
                .stream()
                .filter(growth -> !growth.courses.isEmpty())
                .toList();
    }

    private static Growth of(Figures figures, String workload, String metric, String title) {
        Map<String, SortedMap<Integer, Double>> courses = new TreeMap<>();
        for (String name : figures.names()) {
            if (name.matches(workload + "\\.\\d+")) {
                int number = Integer.parseInt(name.substring(workload.length() + 1));
                for (String contender : figures.contenders(name)) {
                    Values values = figures.metrics(name, contender).get(metric);
                    if (values != null) {
                        courses.computeIfAbsent(contender, c -> new TreeMap<>()).put(number, values.median());
                    }
                }
            }
        }
        courses.values().removeIf(course -> course.size() < 2);
        return new Growth(title, courses);
    }

    /** Where numbers and costs are on the picture. */
    private record Scale(double x, double y, int least, int most, double dearest) {
        double across(int number) {
            return x + LEFT + WIDTH * Math.log((double) number / least) / Math.log((double) most / least);
        }

        double up(double cost) {
            return y + HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * Math.max(0, cost) / dearest;
        }
    }

    /** Draws it from there to the right and down. */
    void draw(Svg svg, double x, double y) {
        List<Integer> numbers = courses.values().stream()
                .flatMap(course -> course.keySet().stream())
                .distinct()
                .sorted()
                .toList();
        double dearest = courses.values().stream()
                .flatMap(course -> course.values().stream())
                .mapToDouble(Double::doubleValue)
                .max()
                .orElseThrow();
        var scale =
                new Scale(x, y, numbers.get(0), numbers.get(numbers.size() - 1), Math.max(dearest, Double.MIN_NORMAL));
        svg.text(x, y, "case", title);
        axes(svg, scale, numbers);
        courses.forEach((contender, course) -> {
            String points = course.entrySet().stream()
                    .map(point -> Svg.point(scale.across(point.getKey()), scale.up(point.getValue())))
                    .collect(Collectors.joining(" "));
            svg.course(points, contender.startsWith(Relay.NAME) ? "course-relay" : "course");
        });
        labels(svg, scale);
    }

    private static void axes(Svg svg, Scale scale, List<Integer> numbers) {
        double right = scale.across(scale.most());
        for (double part : new double[] {0, 0.5, 1}) {
            double level = scale.up(part * scale.dearest());
            svg.line(scale.x() + LEFT, level, right, level, "axis");
            svg.text(scale.x() + LEFT - 6, level + 4, "right", Report.number(part * scale.dearest()));
        }
        for (int number : numbers) {
            svg.text(scale.across(number), scale.up(0) + LABEL + 4, "middle", String.valueOf(number));
        }
    }

    /** Beside the ends of the courses, moved apart where they would cover each other. */
    private void labels(Svg svg, Scale scale) {
        List<String> names = new ArrayList<>(courses.keySet());
        names.sort(Comparator.comparingDouble(this::last));
        double[] at = names.stream().mapToDouble(name -> scale.up(last(name))).toArray();
        for (int i = 1; i < at.length; i++) {
            at[i] = Math.min(at[i], at[i - 1] - LABEL);
        }
        double highest = scale.y() + TOP;
        for (int i = at.length - 1; i >= 0; i--, highest += LABEL) {
            at[i] = Math.max(at[i], highest);
        }
        IntStream.range(0, at.length)
                .forEach(i -> svg.text(scale.across(scale.most()) + 8, at[i] + 4, "name", names.get(i)));
    }

    private double last(String contender) {
        return courses.getOrDefault(contender, new TreeMap<>()).values().stream()
                .reduce(0.0, (before, after) -> after);
    }
}
