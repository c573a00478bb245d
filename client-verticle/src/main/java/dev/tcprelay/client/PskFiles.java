package dev.tcprelay.client;

import dev.tcprelay.channel.RelayHome;
import dev.tcprelay.channel.SecretFiles;
import dev.tcprelay.protocol.files.FormatException;
import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.protocol.files.ServerId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The psk files of a state directory, {@code psk/ID.psk}. A file is looked at each time and read again when its time,
 * size or identity has changed, so that an imported psk counts at once. For any thread.
 */
public final class PskFiles implements PskSource {
    /** As many as a person has servers; beyond, files are read each time. */
    private static final int CACHED = 4096;

    private final RelayHome home;
    private final Map<ServerId, Entry> cache = new ConcurrentHashMap<>();

    public PskFiles(RelayHome home) {
        this.home = home;
    }

    /** What a file held when it looked like this. */
    private record Entry(Stamp stamp, List<Psk> psks) {}

    /** How a file looks from outside; importing makes a new file, so the key differs even within one tick. */
    private record Stamp(
            FileTime time,
            FileTime changed,
            long size,
            @Nullable Object key) {
        static Stamp of(Path file) throws IOException {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Stamp(
                    attributes.lastModifiedTime(), attributes.creationTime(), attributes.size(), attributes.fileKey());
        }
    }

    @Override
    public List<Psk> psks(ServerId id) throws IOException, FormatException {
        Path file = home.psk(id);
        try {
            Stamp stamp = Stamp.of(file);
            Entry known = cache.get(id);
            if (known == null || !known.stamp.equals(stamp)) {
                known = new Entry(stamp, Psk.parseFile(SecretFiles.read(file)));
                if (cache.size() < CACHED || cache.containsKey(id)) {
                    cache.put(id, known);
                }
            }
            return known.psks;
        } catch (IOException | FormatException e) {
            cache.remove(id);
            throw e;
        }
    }
}
