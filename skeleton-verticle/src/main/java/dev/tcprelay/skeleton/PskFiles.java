package dev.tcprelay.skeleton;

import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.protocol.files.ServerId;
import java.nio.file.FileSystemException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files with the psks of all servers of a config. Blocks; for one thread at a time. */
final class PskFiles {
    private static final Logger log = LoggerFactory.getLogger(PskFiles.class);

    private final Map<ServerId, PskFile> files = new LinkedHashMap<>();

    PskFiles(SkeletonOptions options) {
        options.servers().forEach(server -> files.put(server.id(), new PskFile(server.id(), server.psk())));
    }

    /**
     * All of them, for the first time.
     *
     * @throws FileSystemException if one is missing, wrong or readable by others; the message names it and what to do
     */
    Map<ServerId, Psk> all() throws FileSystemException {
        Map<ServerId, Psk> psks = new LinkedHashMap<>();
        for (Map.Entry<ServerId, PskFile> each : files.entrySet()) {
            psks.put(each.getKey(), each.getValue().changed().orElseThrow(NoSuchElementException::new));
        }
        return psks;
    }

    /** Those that have changed. A file that has something wrong is logged once, and counts as unchanged. */
    Map<ServerId, Psk> changed() {
        Map<ServerId, Psk> changed = new LinkedHashMap<>();
        files.forEach((id, file) -> {
            try {
                file.changed().ifPresent(psk -> changed.put(id, psk));
            } catch (FileSystemException e) {
                log.error("{} keeps the psk that it has: {}", id, e.getMessage());
            }
        });
        return changed;
    }
}
