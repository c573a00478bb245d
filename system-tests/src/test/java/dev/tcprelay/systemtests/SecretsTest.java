package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** At the most talkative log level, after success and failure: no secret in an output, an argument or a tunnel's wire. */
class SecretsTest {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static final String LETTER = "Dear relay, if you can read this, then something is very wrong. ";
    private static final int COPIES = 5000;

    private static Network network;
    private static Wiretap clientWire;
    private static Wiretap skeletonWire;
    private static String psk;
    private static final List<String> ARGUMENTS = new ArrayList<>();

    @BeforeAll
    static void aDayInTheLifeOfARelay() throws Exception {
        network = Network.start(STAGE, "RELAY_LOG_LEVEL", "DEBUG");
        clientWire = STAGE.keep(new Wiretap(network.clientPort()));
        skeletonWire = STAGE.keep(new Wiretap(network.skeletonPort()));
        tap(network.client());
        tap(network.skeleton());
        network.expose("letters", STAGE.keep(Target.echo()).address());
        psk = Files.readString(network.client().psk("letters")).strip();
        SocksPort socks = network.socks();
        try (Socket connection = socks.connect("letters")) {
            byte[] letters = LETTER.repeat(COPIES).getBytes(StandardCharsets.US_ASCII);
            Threads.start("letters", () -> {
                connection.getOutputStream().write(letters);
                connection.shutdownOutput();
            });
            assertEquals(letters.length, connection.getInputStream().readAllBytes().length);
        }
        network.share("nobody-serves-this");
        assertEquals(4, socks.reply("nobody-serves-this"));
        recordArguments();
        Path wrong = network.secretFile("wrong-password", "a password that is wrong");
        network.login(network.client(), Network.CAROL, wrong, "--fingerprint", network.fingerprint())
                .exits(3);
        network.client().run("ls").succeeds();
        network.skeleton().run("psk", "show", "letters").succeeds();
    }

    /** From now on this machine reaches the relay through the wiretaps. */
    private static void tap(RelayCommand machine) throws IOException {
        String known = Files.readString(machine.knownRelays());
        String tapped = known.replace(":" + network.clientPort() + " ", ":" + clientWire.port() + " ")
                .replace(":" + network.skeletonPort() + " ", ":" + skeletonWire.port() + " ");
        assertFalse(tapped.equals(known), known);
        Files.writeString(machine.knownRelays(), tapped);
    }

    private static void recordArguments() {
        for (Program program : STAGE.programs()) {
            program.process().info().commandLine().ifPresent(ARGUMENTS::add);
            program.process()
                    .descendants()
                    .forEach(child -> child.info().commandLine().ifPresent(ARGUMENTS::add));
        }
        assertTrue(ARGUMENTS.stream().anyMatch(line -> line.contains("expose")), "the processes were looked at");
    }

    private static List<String> secrets() throws IOException {
        List<String> secrets = new ArrayList<>(
                List.of(Network.password(Network.CAROL), Network.password(Network.SAM), "a password that is wrong"));
        secrets.add(
                Files.readString(network.directory().resolve("owner.password")).strip());
        secrets.addAll(forms(Base64.getDecoder().decode(psk.substring(psk.indexOf(':') + 1))));
        List<Path> keys = new ArrayList<>(List.of(network.directory().resolve("relay.key")));
        for (RelayCommand machine : List.of(network.client(), network.skeleton())) {
            try (var files = Files.list(machine.home().resolve("keys"))) {
                keys.addAll(
                        files.filter(file -> file.toString().endsWith(".pem")).toList());
            }
        }
        assertEquals(3, keys.size());
        for (Path key : keys) {
            String body = Files.readString(key).replaceAll("-----[A-Z ]+-----|\\s", "");
            byte[] der = Base64.getDecoder().decode(body);
            secrets.add(body);
            secrets.addAll(forms(Arrays.copyOfRange(der, der.length - 32, der.length)));
        }
        return secrets;
    }

    /** As a log might show bytes. */
    private static List<String> forms(byte[] secret) {
        return List.of(
                Base64.getEncoder().withoutPadding().encodeToString(secret),
                Base64.getUrlEncoder().withoutPadding().encodeToString(secret),
                HexFormat.of().formatHex(secret),
                HexFormat.of().withUpperCase().formatHex(secret),
                Arrays.toString(secret));
    }

    /** That a secret would be found: one command prints one, on purpose. */
    @Test
    void theOutputOfPskShowHasOne() throws Exception {
        String text = STAGE.programs().stream()
                .filter(SecretsTest::isAskedForASecret)
                .map(program -> program.output().text())
                .collect(Collectors.joining());
        assertTrue(secrets().stream().anyMatch(text::contains), "psk show");
    }

    private static boolean isAskedForASecret(Program program) {
        return program.toString().contains("psk show");
    }

    @Test
    void noOutputShowsASecret() throws Exception {
        StringBuilder all = new StringBuilder();
        for (Program program : STAGE.programs()) {
            all.append(isAskedForASecret(program) ? "" : program.output().text())
                    .append('\n')
                    .append(program.errors().text())
                    .append('\n');
        }
        String text = all.toString();
        assertTrue(text.contains("letters"), "the outputs were kept");
        for (String secret : secrets()) {
            assertFalse(text.contains(secret), () -> "an output has the secret " + secret);
        }
        assertFalse(text.contains(LETTER), "an output has what went through a tunnel");
    }

    @Test
    void noArgumentOfAProcessIsASecret() throws Exception {
        for (String secret : secrets()) {
            assertTrue(ARGUMENTS.stream().noneMatch(line -> line.contains(secret)), () -> "argument: " + secret);
        }
    }

    @Test
    void noWireCarriesWhatIsInTheTunnelOrASecret() throws Exception {
        String toRelay = clientWire.towards();
        String fromRelay = skeletonWire.back();
        assertTrue(toRelay.length() > LETTER.length() * COPIES, "the client's letters went by");
        assertTrue(fromRelay.length() > LETTER.length() * COPIES, "and on to the skeleton");
        List<String> hidden = new ArrayList<>(secrets());
        hidden.addAll(List.of(LETTER.strip(), LETTER.substring(0, 12), "letters", Network.CAROL, Network.SAM));
        hidden.add(InetAddress.getLocalHost().getHostName());
        for (String wire : List.of(toRelay, fromRelay, clientWire.back(), skeletonWire.towards())) {
            assertTrue(wire.length() > 1000, "bytes went by");
            for (String text : hidden) {
                // Random bytes hold any three given ones now and then; a name of "sam" is looked for as a field.
                String wanted = text.length() < 5 ? (char) text.length() + text + "\0".repeat(4) : text;
                assertFalse(wire.contains(wanted), () -> "on the wire: " + text);
            }
        }
    }

    /** That the wiretaps were where they should be. */
    @Test
    void bothWiresBeganWithTheRelaysHello() {
        assertTrue(clientWire.back().startsWith("TCPRLY\0\1C"), "HELLO");
        assertTrue(skeletonWire.back().startsWith("TCPRLY\0\1S"), "HELLO");
    }
}
