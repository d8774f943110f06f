package io.twinlog.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Rows per second over time, a panel for each workload, a line for each system, as SVG. Stateless. */
final class Plot {

    private static final int WIDTH = 900;
    private static final int PANEL = 190;
    private static final int LEFT = 90;
    private static final int TOP = 34;
    private static final int HEIGHT = 120;
    private static final Map<String, String> COLOURS =
            Map.of("native", "#c2570c", "twinlog", "#1d4ed8", "twinlog-cold", "#15803d");
    /** The counts are about a second old, so a shorter window shows steps that are none. */
    private static final double WINDOW_SECONDS = 2;
    /** Of a long run more would be a band of ink. */
    private static final double MOST_WINDOWS = 200;

    private Plot() {}

    /** @param runs by workload and system */
    static String svg(Map<String, Map<String, List<Throughput.Sample>>> runs) {
        StringBuilder out = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">%n"
                        + "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>%n",
                WIDTH,
                PANEL * runs.size()));
        int panel = 0;
        for (Map.Entry<String, Map<String, List<Throughput.Sample>>> run : runs.entrySet()) {
            draw(out, panel++ * PANEL, run.getKey(), run.getValue());
        }
        return out.append("</svg>\n").toString();
    }

    private static void draw(StringBuilder out, int y, String workload, Map<String, List<Throughput.Sample>> systems) {
        double end = systems.values().stream()
                .flatMap(List::stream)
                .mapToDouble(Throughput.Sample::seconds)
                .max()
                .orElse(1);
        double most = systems.values().stream()
                .flatMapToDouble(samples ->
                        java.util.stream.IntStream.range(0, samples.size()).mapToDouble(i -> rate(samples, i)))
                .max()
                .orElse(1);
        most = Math.max(1, Math.ceil(most / 50_000) * 50_000);
        text(out, 10, y + 20, "start", workload + ": rows/s over seconds");
        for (int step = 0; step <= 2; step++) {
            double level = most * step / 2;
            double at = y + TOP + HEIGHT * (1 - step / 2.0);
            out.append(String.format(
                    Locale.ROOT,
                    "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#ddd\"/>%n",
                    LEFT,
                    WIDTH - 20,
                    at,
                    at));
            text(out, LEFT - 8, at + 4, "end", String.format(Locale.ROOT, "%,.0f", level));
        }
        text(out, WIDTH - 20, y + TOP + HEIGHT + 18, "end", String.format(Locale.ROOT, "%.1f s", end));
        text(out, LEFT, y + TOP + HEIGHT + 18, "middle", "0");
        int index = 0;
        for (Map.Entry<String, List<Throughput.Sample>> system : systems.entrySet()) {
            String colour = COLOURS.getOrDefault(system.getKey(), "#000");
            StringBuilder points = new StringBuilder();
            List<Throughput.Sample> samples = system.getValue();
            for (int i = 0; i < samples.size(); i++) {
                points.append(String.format(
                        Locale.ROOT,
                        "%.1f,%.1f ",
                        LEFT + (WIDTH - 20 - LEFT) * samples.get(i).seconds() / end,
                        y + TOP + HEIGHT * (1 - rate(samples, i) / most)));
            }
            out.append(String.format(
                    Locale.ROOT,
                    "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"1.6\" points=\"%s\"/>%n",
                    colour,
                    points.toString().trim()));
            out.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%d\" y=\"%d\" fill=\"%s\">%s</text>%n",
                    320 + 130 * index++,
                    y + 20,
                    colour,
                    system.getKey()));
        }
    }

    private static double rate(List<Throughput.Sample> samples, int index) {
        double window = Math.max(WINDOW_SECONDS, samples.get(samples.size() - 1).seconds() / MOST_WINDOWS);
        Throughput.Sample to = samples.get(index);
        int from = index;
        while (from > 0 && to.seconds() - samples.get(from).seconds() < window) {
            from--;
        }
        double seconds = to.seconds() - samples.get(from).seconds();
        return seconds <= 0 ? 0 : (to.rows() - samples.get(from).rows()) / seconds;
    }

    private static void text(StringBuilder out, double x, double y, String anchor, String words) {
        out.append(String.format(
                Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n", x, y, anchor, words));
    }
}
