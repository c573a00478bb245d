package dev.tcprelay.protocol.wire;

/** Texts of the other side that a person may see. */
final class Texts {

    static final int CODE = 64;
    static final int MESSAGE = 256;

    private Texts() {}

    /** Cut, and without anything that could steer a terminal or forge a line of a log. */
    static String printable(String text, int most) {
        StringBuilder out = new StringBuilder();
        text.codePoints().limit(most).forEach(c -> out.appendCodePoint(shown(c) ? c : '?'));
        return out.toString();
    }

    private static boolean shown(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
