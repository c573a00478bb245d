package dev.tcprelay.bench;

import java.util.Locale;

/** Elements of a picture, in the order in which they are drawn. Lengths in pixels, from the top left. */
final class Svg {
    private static final String STYLE = ".bar{fill:#9db7d5}.relay{fill:#2f6db3}.range{stroke:#222;stroke-width:1.5}"
            + ".case{font-weight:bold}.note{fill:#555}.axis{stroke:#999}"
            + ".right{text-anchor:end}.middle{text-anchor:middle}"
            + ".course{fill:none;stroke:#9db7d5;stroke-width:1.5}"
            + ".course-relay{fill:none;stroke:#2f6db3;stroke-width:2.5}";

    private final StringBuilder body = new StringBuilder();

    void text(double x, double baseline, String kind, String text) {
        body.append(String.format(
                Locale.ROOT, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>%n", kind, x, baseline, escaped(text)));
    }

    void rectangle(double x, double y, double width, double height, String kind) {
        body.append(String.format(
                Locale.ROOT,
                "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>%n",
                kind,
                x,
                y,
                width,
                height));
    }

    void line(double x1, double y1, double x2, double y2, String kind) {
        body.append(String.format(
                Locale.ROOT,
                "<line class=\"%s\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>%n",
                kind,
                x1,
                x2,
                y1,
                y2));
    }

    /** @param points x and y of each, as {@link #point} gives them, with spaces between */
    void course(String points, String kind) {
        body.append("<polyline class=\"" + kind + "\" points=\"" + points + "\"/>\n");
    }

    static String point(double x, double y) {
        return String.format(Locale.ROOT, "%.1f,%.1f", x, y);
    }

    /** The whole, which needs nothing else. */
    String document(int width, int height) {
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + width + "\" height=\"" + height
                + "\" font-family=\"sans-serif\" font-size=\"12\">\n<style>" + STYLE + "</style>\n"
                + "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n" + body + "</svg>\n";
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
