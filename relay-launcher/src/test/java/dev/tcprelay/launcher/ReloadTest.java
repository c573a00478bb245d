package dev.tcprelay.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.tcprelay.channel.Reloadable;
import dev.tcprelay.channel.Settings;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Changed config files of a running process. */
@Timeout(60)
class ReloadTest {
    private static final String SHOP = "  - {verticle: shop, instances: 2, config: {name: %s, sells: %s}}%n";

    @TempDir
    private Path directory;

    private final Queue<String> happened = new ConcurrentLinkedQueue<>();
    private final Surroundings surroundings = new Surroundings(
            Map.of("WARE", "bread"),
            InputStream.nullInputStream(),
            new PrintStream(OutputStream.nullOutputStream()),
            new PrintStream(OutputStream.nullOutputStream()),
            null,
            List.of(new VerticleKind("shop", config -> new Shop(happened), Shop::options, 8)),
            log -> {},
            new SecureRandom());
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Running running = Running.create();
    private Path file;
    private DeployedFile deployed;

    /** Changes what it sells while it runs, but not its name. What it sells must be in store. */
    private static final class Shop extends VerticleBase implements Reloadable {
        private final Queue<String> happened;

        Shop(Queue<String> happened) {
            this.happened = happened;
        }

        static String options(Settings settings) {
            return settings.text("name") + settings.text("sells") + settings.optionalText("directory");
        }

        @Override
        public Future<?> start() {
            happened.add("opened with " + config().getString("sells"));
            return Future.succeededFuture();
        }

        @Override
        public Future<?> reload(JsonObject changed) throws IllegalStateException {
            boolean home = Vertx.currentContext() == context && Context.isOnEventLoopThread();
            String sells = changed.getString("sells");
            if (sells.equals("fire")) {
                throw new IllegalStateException("no fire in here");
            } else if (!Files.exists(Path.of(changed.getString("directory"), sells))) {
                return Future.failedFuture(new FileSystemException(sells, null, "not in store"));
            }
            Settings settings = Settings.of(changed);
            if (!settings.text("name").equals(config().getString("name"))) {
                settings.reject("name", FIXED);
            }
            options(settings);
            settings.finish();
            happened.add("sells " + sells + (home ? "" : " elsewhere"));
            return Future.succeededFuture();
        }
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(DeployedFile.class);
    }

    @BeforeEach
    void deploy() throws Exception {
        log.start();
        logger().addAppender(log);
        Files.createFile(directory.resolve("milk"));
        Files.createFile(directory.resolve("bread"));
        file = directory.resolve("a.yaml");
        write(SHOP.formatted("corner", "bread"));
        deployed = running.deploy(List.of(DeploymentFile.read(file, surroundings)), surroundings)
                .get(0);
        happened.clear();
    }

    @AfterEach
    void stop() {
        logger().detachAppender(log);
        assertTrue(running.stop());
    }

    private void write(String verticles) throws IOException {
        Files.writeString(file, "verticles:\n" + verticles);
    }

    /** What is logged while the file is looked at twice, without the directory. */
    private List<String> look() throws InterruptedException {
        log.list.clear();
        deployed.look();
        deployed.look();
        return log.list.stream()
                .map(event ->
                        event.getLevel() + " " + event.getFormattedMessage().replace(file.toString(), "a.yaml"))
                .toList();
    }

    private List<String> happened() {
        List<String> all = List.copyOf(happened);
        happened.clear();
        return all;
    }

    @Test
    void everyInstanceTakesAChangedConfigOnce() throws Exception {
        assertEquals(List.of(), look());
        write(SHOP.formatted("corner", "milk"));
        assertEquals(List.of("INFO a.yaml:2:5: shop has taken its changed config"), look());
        assertEquals(List.of("sells milk", "sells milk"), happened());
        write("  # as it was\n" + SHOP.formatted("corner", "'${WARE}'"));
        assertEquals(List.of("INFO a.yaml:3:5: shop has taken its changed config"), look());
        assertEquals(List.of("sells bread", "sells bread"), happened());
    }

    @Test
    void aChangeThatChangesNothingIsNone() throws Exception {
        write("  # a comment\n" + SHOP.formatted("'corner'", "bread"));
        assertEquals(List.of(), look());
        assertEquals(List.of(), happened());
    }

    @Test
    void aBrokenFileIsToldWithItsPlacesAndChangesNothing() throws Exception {
        write(SHOP.formatted("corner", "milk").replace("sells", "sels"));
        assertEquals(
                List.of(
                        "ERROR a.yaml:2:36: verticles[0].config.sells: missing",
                        "ERROR a.yaml:2:59: verticles[0].config.sels: unknown key; did you mean sells?",
                        "ERROR a.yaml has been changed, but everything goes on as before"),
                look());
        write("  - {");
        assertEquals("ERROR a.yaml has been changed, but everything goes on as before", look().get(1));
        Files.delete(file);
        assertEquals(List.of("ERROR a.yaml: there is no such file"), look());
        write(SHOP.formatted("corner", "milk"));
        assertEquals(1, look().size());
        assertEquals(List.of("sells milk", "sells milk"), happened());
    }

    @Test
    void whatCannotChangeWhileItRunsSaysSo() throws Exception {
        write(SHOP.formatted("market", "milk"));
        List<String> lines = look();
        assertEquals(1, lines.size(), lines::toString);
        assertTrue(lines.get(0).contains("verticles[0].config.name: " + Reloadable.FIXED), lines::toString);
        assertEquals(List.of(), happened());
        write(SHOP.formatted("corner", "bread") + SHOP.formatted("other", "bread"));
        lines = look();
        assertEquals(2, lines.size(), lines::toString);
        assertTrue(lines.get(0).startsWith("ERROR a.yaml:1:1: which verticles run"), lines::toString);
    }

    @Test
    void whatIsMissingIsToldOnceAndLookedForAgain() throws Exception {
        write(SHOP.formatted("corner", "eggs"));
        assertEquals(List.of("ERROR a.yaml:2:5: shop goes on with its config as it was: eggs: not in store"), look());
        assertEquals(List.of(), look());
        Files.createFile(directory.resolve("eggs"));
        assertEquals(List.of("INFO a.yaml:2:5: shop has taken its changed config"), look());
        assertEquals(List.of("sells eggs", "sells eggs"), happened());
    }

    @Test
    void aVerticleThatThrowsGoesOn() throws Exception {
        write(SHOP.formatted("corner", "fire"));
        assertEquals(List.of("ERROR a.yaml:2:5: shop goes on with its config as it was: no fire in here"), look());
        write(SHOP.formatted("corner", "milk"));
        assertEquals(1, look().size());
        assertEquals(List.of("sells milk", "sells milk"), happened());
    }

    @Test
    void aVerticleThatDoesNotReloadSaysSo() throws Exception {
        Path other = directory.resolve("b.yaml");
        String text = "verticles: [{verticle: dev.tcprelay.launcher.ExampleVerticle, config: {name: %s}}]";
        Files.writeString(other, text.formatted("one"));
        deployed = running.deploy(List.of(DeploymentFile.read(other, surroundings)), surroundings)
                .get(0);
        Files.writeString(other, text.formatted("two"));
        assertEquals(
                List.of("ERROR " + other + ":1:13: dev.tcprelay.launcher.ExampleVerticle"
                        + " takes a changed config only when it is started anew"),
                look());
    }
}
