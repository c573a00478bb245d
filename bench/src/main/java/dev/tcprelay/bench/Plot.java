package dev.tcprelay.bench;

import java.util.Locale;

/**
 * The figures as a picture, SVG that needs nothing else: for each case what it is about, a bar to the median for each
 * contender and a line from the least to the most of the rounds.
 */
final class Plot {
    private static final int WIDTH = 900;
    private static final int LEFT = 180;
    private static final int BAR = 520;
    private static final int ROW = 18;
    private static final int GAP = 30;
    private static final int MARGIN = 20;

    private final StringBuilder body = new StringBuilder();
    private int y = MARGIN;

    private Plot() {}

    static String of(Machine machine, Figures figures) {
        Plot plot = new Plot();
        plot.text(MARGIN, plot.y, "note", machine.toString());
        if (!machine.isQuiet()) {
            plot.y += ROW;
            plot.text(MARGIN, plot.y, "note", "The machine was not quiet.");
        }
        for (String name : figures.names()) {
            plot.add(name, figures);
        }
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + WIDTH + "\" height=\"" + (plot.y + GAP)
                + "\" font-family=\"sans-serif\" font-size=\"12\">\n<style>.bar{fill:#9db7d5}.relay{fill:#2f6db3}"
                + ".range{stroke:#222;stroke-width:1.5}.case{font-weight:bold}.note{fill:#555}</style>\n"
                + "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n" + plot.body + "</svg>\n";
    }

    private void add(String name, Figures figures) {
        String headline =
                figures.headline(name, figures.contenders(name).iterator().next());
        double most = figures.contenders(name).stream()
                .map(contender -> figures.metrics(name, contender).get(headline))
                .filter(values -> values != null)
                .mapToDouble(Values::most)
                .max()
                .orElse(1);
        y += GAP;
        text(MARGIN, y, "case", name + ", " + headline);
        for (String contender : figures.contenders(name)) {
            Values values = figures.metrics(name, contender).get(headline);
            if (values != null) {
                y += ROW;
                bar(contender, values, BAR / Math.max(most, Double.MIN_NORMAL));
            }
        }
    }

    private void bar(String contender, Values values, double scale) {
        text(MARGIN, y, "name", contender);
        String kind = contender.startsWith(Relay.NAME) ? "relay" : "bar";
        body.append(String.format(
                Locale.ROOT,
                "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>%n",
                kind,
                LEFT,
                y - ROW + 6,
                Math.max(0, values.median() * scale),
                ROW - 4));
        int middle = y - ROW / 2 + 4;
        body.append(String.format(
                Locale.ROOT,
                "<line class=\"range\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>%n",
                LEFT + Math.max(0, values.least() * scale),
                LEFT + Math.max(0, values.most() * scale),
                middle,
                middle));
        text(LEFT + BAR + MARGIN, y, "value", Report.number(values.median()));
    }

    private void text(int x, int baseline, String kind, String text) {
        body.append(
                "<text class=\"" + kind + "\" x=\"" + x + "\" y=\"" + baseline + "\">" + escaped(text) + "</text>\n");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
