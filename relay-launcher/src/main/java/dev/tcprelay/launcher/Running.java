package dev.tcprelay.launcher;

import dev.tcprelay.channel.Drainable;
import dev.tcprelay.channel.LeanVertx;
import dev.tcprelay.channel.SettingsException;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One Vertx with the verticles of the config files. All methods block; none is for an event loop. */
final class Running {
    private static final Logger LOG = LoggerFactory.getLogger(Running.class);

    private final Vertx vertx;
    private final Deque<String> deployed = new ArrayDeque<>();
    private final Draining draining = new Draining();
    private volatile Runnable afterStop = () -> {};

    private Running(Vertx vertx) {
        this.vertx = vertx;
    }

    /** For a command that asks something and ends: it starts as little as possible. */
    static Vertx briefly() {
        return LeanVertx.create(new VertxOptions().setEventLoopPoolSize(1));
    }

    static Running create() {
        Vertx vertx = LeanVertx.create(new VertxOptions().setPreferNativeTransport(true));
        boolean linux =
                System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux");
        if (linux && !vertx.isNativeTransportEnabled()) {
            LOG.warn(
                    "EPOLL IS NOT AVAILABLE: the JDK's selector is used instead, and dead peers are noticed later",
                    vertx.unavailableNativeTransportCause());
        }
        return new Running(vertx);
    }

    /** One after the other, in the order of the files, so that a relay is there before those who need it. */
    List<DeployedFile> deploy(List<DeploymentFile> files, Surroundings surroundings)
            throws DeploymentException, InterruptedException {
        List<DeployedFile> running = new ArrayList<>();
        for (DeploymentFile file : files) {
            List<DeployedEntry> entries = new ArrayList<>();
            for (DeploymentFile.Entry entry : file.entries()) {
                entries.add(deploy(file, entry));
            }
            running.add(new DeployedFile(file, entries, surroundings));
        }
        return running;
    }

    private DeployedEntry deploy(DeploymentFile file, DeploymentFile.Entry entry)
            throws DeploymentException, InterruptedException {
        DeployedEntry running = new DeployedEntry(entry);
        try {
            String id = await(running.deploy(vertx));
            synchronized (deployed) {
                deployed.push(id);
            }
            running.drainable().forEach(this::drainFirst);
            return running;
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            ExitCode code = cause instanceof SettingsException ? ExitCode.USAGE : ExitCode.FAILED;
            throw new DeploymentException(code, file.locate(entry, "did not start", cause), cause);
        }
    }

    /** One verticle that is not from a file. Failures are what the shell is to be told. */
    void deploy(Deployable verticle, JsonObject config) throws Exception {
        String id = Waiting.until(vertx.deployVerticle(verticle, new DeploymentOptions().setConfig(config)));
        synchronized (deployed) {
            deployed.push(id);
        }
    }

    /** What a command does until its servers run, and for as long as they run if it has more to do. */
    @FunctionalInterface
    interface Start {
        void run() throws Exception;
    }

    /** A verticle that runs and that SIGTERM does not end at once. When all of these have been drained, all stops. */
    void drainFirst(Drainable verticle) {
        draining.add(verticle);
    }

    /**
     * Starts, then runs until it is told to end: by SIGINT; by SIGTERM, which lets verticles drain that can; or by one
     * of these that has been drained. Ends with exit code 0 in each case. Otherwise it returns only by failing to
     * start, or when this thread is interrupted; everything has been stopped then.
     */
    int untilStopped(Start start) throws Exception {
        Thread hook = new Thread(this::stopAndHalt, "stop");
        endWith(hook);
        draining.interruptAtTheEnd(Thread.currentThread());
        try {
            start.run();
            forEver();
            return ExitCode.DONE.number();
        } catch (Exception e) {
            takeBack(hook);
            boolean clean = stop();
            if (draining.over()) {
                return (clean ? ExitCode.DONE : ExitCode.FAILED).number();
            }
            throw e;
        }
    }

    private static void endWith(Thread hook) throws InterruptedException {
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException e) {
            forEver(); // a signal came first: there is nothing to be stopped yet
        }
    }

    private static void takeBack(Thread hook) throws InterruptedException {
        try {
            boolean unused = Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            forEver(); // a signal came first, and the hook does the rest
        }
    }

    /** Ends with the process. */
    private static void forEver() throws InterruptedException {
        new CountDownLatch(1).await();
    }

    /** Runs in the shutdown that a signal has begun, whose own exit code would be the signal's. */
    private void stopAndHalt() {
        LOG.info("stopping");
        boolean clean = stop();
        LOG.info("stopped");
        Runtime.getRuntime().halt((clean ? ExitCode.DONE : ExitCode.FAILED).number());
    }

    /** Runs the action when everything has stopped. */
    void afterStop(Runnable action) {
        afterStop = action;
    }

    Vertx vertx() {
        return vertx;
    }

    /** Undeploys in reverse order, each in its own time, then closes. False if something went wrong; that is logged. */
    boolean stop() {
        boolean clean = true;
        for (String id = next(); id != null; id = next()) {
            clean = settled("undeploy a verticle", vertx.undeploy(id)) && clean;
        }
        boolean closed = settled("close", vertx.close());
        afterStop.run();
        return closed && clean;
    }

    private @Nullable String next() {
        synchronized (deployed) {
            return deployed.poll();
        }
    }

    private static boolean settled(String what, Future<?> future) {
        try {
            await(future);
            return true;
        } catch (ExecutionException e) {
            LOG.error("could not {}", what, e.getCause());
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Waits for what goes on elsewhere. */
    static <T> T await(Future<T> future) throws ExecutionException, InterruptedException {
        return future.toCompletionStage().toCompletableFuture().get();
    }
}
