package dev.tcprelay.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import dev.tcprelay.protocol.files.RelayKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/**
 * Everything that relay, skeleton and client log at the most talkative level, over a login, a refused one, a tunnel
 * and a refused tunnel: no password, psk, private key or ticket's secret is in it.
 */
@Timeout(120)
class SecretsInLogsTest extends CommandTest {
    /** As long as 32 bytes are in base64 or in hex: what a secret of a ticket would look like. */
    private static final Pattern KEY_SIZED = Pattern.compile("[A-Za-z0-9+/]{43}=|[0-9a-fA-F]{64}");

    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Logger project = (Logger) LoggerFactory.getLogger("dev.tcprelay");
    private final Level rootLevel = root.getLevel();
    private final @Nullable Level projectLevel = project.getLevel();
    private final List<Appender<ILoggingEvent>> usual = new ArrayList<>();
    private final Queue<String> logged = new ConcurrentLinkedQueue<>();
    private final Appender<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            String trace =
                    event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy());
            logged.add(
                    event.getLoggerName() + " " + event.getFormattedMessage() + " " + event.getKeyValuePairs() + trace);
        }
    };

    @BeforeEach
    void listen() {
        for (Iterator<Appender<ILoggingEvent>> all = root.iteratorForAppenders(); all.hasNext(); ) {
            usual.add(all.next());
        }
        root.detachAndStopAllAppenders();
        appender.start();
        root.addAppender(appender);
        root.setLevel(Level.TRACE);
        project.setLevel(Level.TRACE);
    }

    @AfterEach
    void hush() {
        root.setLevel(rootLevel);
        project.setLevel(projectLevel);
        root.detachAppender(appender);
        usual.forEach(each -> {
            each.start();
            root.addAppender(each);
        });
    }

    private void useEverything(TestRelay relay, EchoServer echo) throws Exception {
        assertEquals(0, relay(relay.rightLogin()), this::err);
        Path wrong = file("wrong", "another password\n", "rw-------");
        assertEquals(3, relay(relay.login("--fingerprint", relay.fingerprint(), "--password-file", wrong.toString())));
        RunningCommand expose = start("expose", "web", echo.address());
        expose.readUntil("serving web");
        input = "the text of the tunnel";
        assertEquals(0, relay("stdio", "web"), this::err);
        assertEquals(input, out());
        assertEquals(6, relayWithPsk("offline"));
        environment.put("RELAY_HOME", directory.resolve("stranger").toString());
        assertEquals(0, relay(relay.rightLogin()), this::err);
        assertEquals(3, relayWithPsk("web"), this::err);
        expose.stop();
    }

    private int relayWithPsk(String id) {
        assertEquals(0, relay("psk", "new", id));
        return relay("stdio", id);
    }

    @Test
    void nothingThatIsLoggedIsASecret() throws Exception {
        List<String> secrets = new ArrayList<>(List.of("the text of the tunnel", "another password"));
        String fingerprint;
        try (TestRelay relay = new TestRelay(directory.resolve("relay"));
                EchoServer echo = new EchoServer()) {
            fingerprint = relay.fingerprint();
            useEverything(relay, echo);
            secrets.add(Files.readString(Path.of(relay.passwordFile())).strip());
            secretsOfFiles(secrets);
        }
        String all = String.join("\n", logged);
        assertTrue(all.contains("owner logged in"), "the log was not seen");
        assertTrue(logged.stream().anyMatch(line -> line.startsWith("io.vertx") || line.startsWith("io.netty")));
        assertTrue(secrets.size() > 12, secrets::toString);
        secrets.forEach(secret -> assertFalse(all.contains(secret), "a secret was logged"));
        Matcher suspect = KEY_SIZED.matcher(all.replace(fingerprint, ""));
        assertFalse(suspect.find(), () -> "what is this? " + line(suspect.group()));
    }

    private String line(String part) {
        return logged.stream().filter(line -> line.contains(part)).findFirst().orElse(part);
    }

    /** Every psk and private key in the test's directory, in every form in which it could be written. */
    private void secretsOfFiles(List<String> secrets) throws Exception {
        for (var file : contents(directory).entrySet()) {
            String text = file.getValue().strip();
            if (text.contains("PRIVATE KEY")) {
                secrets.add(text.lines().skip(1).findFirst().orElseThrow());
                forms(RelayKey.parse(file.getValue()).privateKey(), secrets);
            } else if (text.startsWith("tcprelay-")) {
                String base64 = text.substring(text.indexOf(':') + 1);
                forms(Base64.getDecoder().decode(base64), secrets);
            }
        }
    }

    private static void forms(byte[] secret, List<String> secrets) {
        secrets.add(Base64.getEncoder().encodeToString(secret));
        secrets.add(HexFormat.of().formatHex(secret));
        secrets.add(java.util.Arrays.toString(secret));
    }
}
