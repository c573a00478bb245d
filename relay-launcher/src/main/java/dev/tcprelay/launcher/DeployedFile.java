package dev.tcprelay.launcher;

import dev.tcprelay.channel.SecretFiles;
import dev.tcprelay.channel.WatchedFile;
import dev.tcprelay.launcher.DeploymentFile.Entry;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A config file whose verticles run. When its text has changed, each verticle whose config is another than before gets
 * that. A verticle that cannot take it yet, for want of a file for example, is offered it at each look. What is wrong
 * is logged once and changes nothing. For one thread, which is no event loop.
 */
final class DeployedFile {
    private static final Logger LOG = LoggerFactory.getLogger(DeployedFile.class);
    private static final long PAUSE_SECONDS = 1;

    private final List<DeployedEntry> running;
    private final Surroundings surroundings;
    private final WatchedFile watched;
    private final Set<String> told = new HashSet<>();
    /** What the file says; null while it is wrong. */
    private @Nullable DeploymentFile wanted;

    DeployedFile(DeploymentFile file, List<DeployedEntry> running, Surroundings surroundings) {
        this.running = List.copyOf(running);
        this.surroundings = surroundings;
        this.watched = new WatchedFile(Path.of(file.name()), SecretFiles::readPublic, file.text());
        this.wanted = file;
    }

    /** Looks at the files each second until this thread is interrupted. */
    static void watch(List<DeployedFile> files) throws InterruptedException {
        while (true) {
            TimeUnit.SECONDS.sleep(PAUSE_SECONDS);
            for (DeployedFile file : files) {
                file.look();
            }
        }
    }

    /** Looks once. */
    void look() throws InterruptedException {
        try {
            Optional<String> changed = watched.changed();
            if (changed.isPresent()) {
                read(changed.get());
            }
            for (int i = 0; wanted != null && i < running.size(); i++) {
                handOver(running.get(i), wanted, wanted.entries().get(i));
            }
        } catch (FileSystemException e) {
            LOG.error("{}", e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("{} could not be looked at", watched.file(), e);
        }
    }

    private void read(String text) {
        told.clear();
        DeploymentFile next = DeploymentFile.parse(watched.file(), text, surroundings);
        List<FileProblem> problems = next.problems().isEmpty() ? others(next) : next.problems();
        wanted = problems.isEmpty() ? next : null;
        if (wanted == null) {
            problems.forEach(problem -> LOG.error("{}", problem));
            LOG.error("{} has been changed, but everything goes on as before", next.name());
        }
    }

    /** Not empty when other verticles are listed than those that run. */
    private List<FileProblem> others(DeploymentFile next) {
        List<Entry> entries = next.entries();
        boolean same = entries.size() == running.size();
        for (int i = 0; same && i < entries.size(); i++) {
            same = entries.get(i).runsAs(running.get(i).entry());
        }
        return same
                ? List.of()
                : List.of(
                        next.locate("which verticles run, in which order and how many instances of each, cannot change"
                                + " while they run; start `relay run` anew, or put the old ones back"));
    }

    private void handOver(DeployedEntry entry, DeploymentFile file, Entry next) throws InterruptedException {
        if (entry.entry().config().equals(next.config())) {
            return;
        }
        if (!entry.reloadable()) {
            tell(List.of(file.locate(next, next.verticle() + " takes a changed config only when it is started anew")));
            return;
        }
        try {
            Running.await(entry.reload(next));
            LOG.info("{}", file.locate(next, next.verticle() + " has taken its changed config"));
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            tell(file.locate(next, "goes on with its config as it was", cause));
        }
    }

    private void tell(List<FileProblem> problems) {
        problems.stream().map(FileProblem::toString).filter(told::add).forEach(problem -> LOG.error("{}", problem));
    }
}
