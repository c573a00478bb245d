package dev.tcprelay.protocol.noise;

import static java.util.stream.Collectors.toUnmodifiableMap;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;

/**
 * A handshake pattern (Noise sections 7 and 9): what each message carries, in order.
 *
 * @param initiatorKnown the responder knows the initiator's static key beforehand (pre-message {@code -> s})
 * @param responderKnown the initiator knows the responder's static key beforehand (pre-message {@code <- s})
 */
record Pattern(boolean initiatorKnown, boolean responderKnown, List<Message> messages) {

    /** What a message of the pattern is made of. */
    enum Token {
        E,
        S,
        EE,
        ES,
        SE,
        SS,
        PSK
    }

    /** One message, before its payload. */
    record Message(boolean fromInitiator, List<Token> tokens) {}

    /** The interactive and one-way patterns of section 7 and the deferred ones of section 18.1, as they stand there. */
    private static final Map<String, Pattern> PATTERNS = """
            N: <- s ... -> e, es
            K: -> s <- s ... -> e, es, ss
            X: <- s ... -> e, es, s, ss
            NN: -> e <- e, ee
            NK: <- s ... -> e, es <- e, ee
            NX: -> e <- e, ee, s, es
            XN: -> e <- e, ee -> s, se
            XK: <- s ... -> e, es <- e, ee -> s, se
            XX: -> e <- e, ee, s, es -> s, se
            KN: -> s ... -> e <- e, ee, se
            KK: -> s <- s ... -> e, es, ss <- e, ee, se
            KX: -> s ... -> e <- e, ee, se, s, es
            IN: -> e, s <- e, ee, se
            IK: <- s ... -> e, es, s, ss <- e, ee, se
            IX: -> e, s <- e, ee, se, s, es
            NK1: <- s ... -> e <- e, ee, es
            NX1: -> e <- e, ee, s -> es
            X1N: -> e <- e, ee -> s <- se
            X1K: <- s ... -> e, es <- e, ee -> s <- se
            XK1: <- s ... -> e <- e, ee, es -> s, se
            X1K1: <- s ... -> e <- e, ee, es -> s <- se
            X1X: -> e <- e, ee, s, es -> s <- se
            XX1: -> e <- e, ee, s -> es, s, se
            X1X1: -> e <- e, ee, s -> es, s <- se
            K1N: -> s ... -> e <- e, ee -> se
            K1K: -> s <- s ... -> e, es <- e, ee -> se
            KK1: -> s <- s ... -> e <- e, ee, se, es
            K1K1: -> s <- s ... -> e <- e, ee, es -> se
            K1X: -> s ... -> e <- e, ee, s, es -> se
            KX1: -> s ... -> e <- e, ee, se, s -> es
            K1X1: -> s ... -> e <- e, ee, s -> se, es
            I1N: -> e, s <- e, ee -> se
            I1K: <- s ... -> e, es, s <- e, ee -> se
            IK1: <- s ... -> e, s <- e, ee, se, es
            I1K1: <- s ... -> e, s <- e, ee, es -> se
            I1X: -> e, s <- e, ee, s, es -> se
            IX1: -> e, s <- e, ee, se, s -> es
            I1X1: -> e, s <- e, ee, s -> se, es
            """.lines()
            .map(line -> line.split(": ", 2))
            .collect(toUnmodifiableMap(line -> line[0], line -> parse(line[1])));

    private static final java.util.regex.Pattern NAME =
            java.util.regex.Pattern.compile("([NKXI]1?(?:[NKX]1?)?)((?:psk\\d(?:\\+psk\\d)*)?)");

    /**
     * By its name with modifiers, as in a protocol name: {@code IK}, {@code NNpsk0}, {@code XXpsk0+psk3}.
     *
     * @throws IllegalArgumentException if there is no such pattern
     */
    static Pattern named(String name) {
        Matcher matcher = NAME.matcher(name);
        Pattern pattern = matcher.matches() ? PATTERNS.get(matcher.group(1)) : null;
        if (pattern == null) {
            throw new IllegalArgumentException("unknown handshake pattern: " + name);
        }
        String modifiers = matcher.group(2);
        return modifiers.isEmpty() ? pattern : pattern.withPsks(modifiers.split("\\+", -1));
    }

    private static Pattern parse(String text) {
        int dots = text.indexOf("...");
        String before = dots < 0 ? "" : text.substring(0, dots);
        List<Message> messages = new ArrayList<>();
        for (String message : text.substring(dots < 0 ? 0 : dots + 4).split(" (?=->|<-)", -1)) {
            List<Token> tokens = new ArrayList<>();
            for (String token : message.substring(3).split(", ", -1)) {
                tokens.add(Token.valueOf(token.strip().toUpperCase(Locale.ROOT)));
            }
            messages.add(new Message(message.startsWith("->"), List.copyOf(tokens)));
        }
        return new Pattern(before.contains("-> s"), before.contains("<- s"), List.copyOf(messages));
    }

    /** Section 9.4: psk0 stands at the begin of the first message, psk1 at the end of the first, and so on. */
    private Pattern withPsks(String[] modifiers) {
        List<Message> changed = new ArrayList<>(messages);
        boolean[] seen = new boolean[messages.size() + 1];
        for (String modifier : modifiers) {
            int place = modifier.charAt(3) - '0';
            if (place >= seen.length || seen[place]) {
                throw new IllegalArgumentException("no place for " + modifier);
            }
            seen[place] = true;
            Message message = changed.get(Math.max(0, place - 1));
            List<Token> tokens = new ArrayList<>(message.tokens());
            tokens.add(place == 0 ? 0 : tokens.size(), Token.PSK);
            changed.set(Math.max(0, place - 1), new Message(message.fromInitiator(), List.copyOf(tokens)));
        }
        return new Pattern(initiatorKnown, responderKnown, List.copyOf(changed));
    }

    int psks() {
        return (int) messages.stream()
                .flatMap(message -> message.tokens().stream())
                .filter(token -> token == Token.PSK)
                .count();
    }

    /** Whether one side sends its static key in some message. */
    boolean sends(boolean initiator) {
        return messages.stream()
                .anyMatch(message ->
                        message.fromInitiator() == initiator && message.tokens().contains(Token.S));
    }

    /** Whether one side needs a static key pair. */
    boolean needsStatic(boolean initiator) {
        return sends(initiator) || knows(!initiator);
    }

    /** Whether one side knows the other's static key beforehand. */
    boolean knows(boolean initiator) {
        return initiator ? responderKnown : initiatorKnown;
    }
}
