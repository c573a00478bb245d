package dev.tcprelay.bench;

/**
 * The figures as a picture, SVG that needs nothing else: how costs grow with the number of streams and tunnels; then
 * for each case what it is about, a bar to the median for each contender and a line from the least to the most of the
 * rounds.
 */
final class Plot {
    private static final int WIDTH = 900;
    private static final int LEFT = 180;
    private static final int BAR = 520;
    private static final int ROW = 18;
    private static final int GAP = 30;
    private static final int MARGIN = 20;

    private final Svg svg = new Svg();
    private int y = MARGIN;

    private Plot() {}

    static String of(Machine machine, Figures figures) {
        Plot plot = new Plot();
        plot.svg.text(MARGIN, plot.y, "note", machine.toString());
        if (!machine.isQuiet()) {
            plot.y += ROW;
            plot.svg.text(MARGIN, plot.y, "note", "The machine was not quiet.");
        }
        for (Growth growth : Growth.all(figures)) {
            plot.y += GAP;
            growth.draw(plot.svg, MARGIN, plot.y);
            plot.y += Growth.HEIGHT;
        }
        for (String name : figures.names()) {
            plot.add(name, figures);
        }
        return plot.svg.document(WIDTH, plot.y + GAP);
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
        svg.text(MARGIN, y, "case", name + ", " + headline);
        for (String contender : figures.contenders(name)) {
            Values values = figures.metrics(name, contender).get(headline);
            if (values != null) {
                y += ROW;
                bar(contender, values, BAR / Math.max(most, Double.MIN_NORMAL));
            }
        }
    }

    private void bar(String contender, Values values, double scale) {
        svg.text(MARGIN, y, "name", contender);
        String kind = contender.startsWith(Relay.NAME) ? "relay" : "bar";
        svg.rectangle(LEFT, y - ROW + 6, Math.max(0, values.median() * scale), ROW - 4, kind);
        double middle = y - ROW / 2 + 4;
        double least = LEFT + Math.max(0, values.least() * scale);
        double most = LEFT + Math.max(0, values.most() * scale);
        svg.line(least, middle, most, middle, "range");
        svg.text(LEFT + BAR + MARGIN, y, "value", Report.number(values.median()));
    }
}
