package dev.tcprelay.protocol.files;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every parser on damaged files and on noise, from a fixed seed: it accepts or throws FormatException, nothing else,
 * soon, and what it accepts reads back as the same.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FuzzTest {
    private static final int ROUNDS = 20_000;
    private static final long BUDGET_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final String USERS = "# x\nalice argon2id-1:" + Samples.key(1)
            + " connect=a*,b? serve=c disabled\r\nbob x25519:" + Samples.key(2) + " serve=d\n";
    private static final KnownRelay RELAY = new KnownRelay(
            "home", new HostPort("::1", 1), new HostPort("a.b", 2), Samples.REALM, Samples.key(1), Samples.key(2));

    /** Reads a text and writes what it read. */
    private interface Format {
        String rewrite(String text) throws FormatException;
    }

    /** The parsers, each with a text that it accepts. */
    private enum Parser {
        SERVER_ID("web-1.example_a", text -> ServerId.of(text).value()),
        USER_NAME("alice", text -> UserName.of(text).value()),
        GLOB("a*b?.c-*", text -> Glob.of(text).pattern()),
        REALM(Samples.REALM.hex(), text -> Realm.of(text).hex()),
        FINGERPRINT(Samples.OPENSSL_FINGERPRINT, text -> Fingerprint.parse(text).toString()),
        HOST_PORT("[2001:db8::192.0.2.1]:7000", text -> HostPort.parse(text).toString()),
        HOST_PORT_NAME("relay-1.example.org:7000", text -> HostPort.parse(text).toString()),
        USER_KEY("argon2id-1:" + Samples.key(1), text -> UserKey.parse(text).toString()),
        RELAY_KEY(Samples.OPENSSL_KEY, text -> RelayKey.format(RelayKey.parse(text))),
        RELAY_PEM(
                new RelayPem(Samples.REALM, Samples.key(1)).format(),
                text -> RelayPem.parse(text).format()),
        PSK(
                "# x\ntcprelay-psk-1:" + Samples.key(1) + "\n",
                text -> join(Psk.parseFile(text).stream().map(Psk::format).toList())),
        CLUSTER_KEY(
                "tcprelay-cluster-1:" + Samples.key(1) + "\ntcprelay-cluster-1:" + Samples.key(2),
                text -> join(ClusterKey.parseFile(text).stream()
                        .map(ClusterKey::format)
                        .toList())),
        USERS_FILE(
                USERS,
                text -> join(Users.parse(text, Set.of()).all().stream()
                        .map(User::canonicalLine)
                        .toList())),
        KNOWN_RELAYS(
                "#\n" + RELAY.format() + "\r\n",
                text -> join(KnownRelays.parse(text).all().stream()
                        .map(KnownRelay::format)
                        .toList()));

        private final String sample;
        private final Format format;

        Parser(String sample, Format format) {
            this.sample = sample;
            this.format = format;
        }

        private static String join(List<String> lines) {
            return String.join("\n", lines);
        }
    }

    @ParameterizedTest
    @EnumSource
    void onlyFormatExceptionsEscape(Parser parser) throws Exception {
        parser.format.rewrite(parser.sample);
        Random random = new Random(parser.ordinal());
        long end = System.nanoTime() + BUDGET_NANOS;
        int refused = 0;
        int rounds = 0;
        while (rounds < ROUNDS && System.nanoTime() < end) {
            String text = rounds % 8 == 0 ? noise(random) : damaged(parser.sample, random);
            refused += accepts(parser, text) ? 0 : 1;
            rounds++;
        }
        assertTrue(refused > rounds / 16, "damage is noticed: " + refused + " of " + rounds);
    }

    @ParameterizedTest
    @EnumSource
    void everyCutIsAcceptedOrRefused(Parser parser) {
        for (int i = 0; i < parser.sample.length(); i++) {
            accepts(parser, parser.sample.substring(0, i));
            accepts(parser, parser.sample.substring(i));
        }
    }

    private static boolean accepts(Parser parser, String text) {
        String written;
        try {
            written = parser.format.rewrite(text);
        } catch (FormatException e) {
            return false;
        } catch (RuntimeException | StackOverflowError e) {
            return fail("escaped on: " + text, e);
        }
        try {
            boolean empty = written.isEmpty();
            assertTrue(empty || parser.format.rewrite(written).equals(written), () -> "reads back otherwise: " + text);
            return true;
        } catch (FormatException e) {
            return fail("does not read back: " + text, e);
        }
    }

    private static String damaged(String sample, Random random) {
        StringBuilder text = new StringBuilder(sample);
        for (int i = random.nextInt(3); i >= 0; i--) {
            int at = random.nextInt(text.length() + 1);
            int to = Math.min(text.length(), at + 1 + random.nextInt(random.nextBoolean() ? 1 : 20));
            switch (random.nextInt(4)) {
                case 0 -> text.insert(at, character(random));
                case 1 -> text.delete(at, to);
                case 2 -> text.insert(random.nextInt(text.length() + 1), text.substring(at, to));
                default -> text.replace(at, Math.min(text.length(), at + 1), String.valueOf(character(random)));
            }
        }
        return text.toString();
    }

    private static String noise(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(200); i >= 0; i--) {
            text.append(character(random));
        }
        return text.toString();
    }

    private static char character(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> (char) random.nextInt(0x10000);
            case 1 -> (char) random.nextInt(0x20);
            case 2 -> "=:,#\n\r\t []*?.-+/".charAt(random.nextInt(16));
            default -> (char) (0x20 + random.nextInt(0x5f));
        };
    }
}
