package dev.tcprelay.client;

import dev.tcprelay.protocol.files.FormatException;
import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.protocol.files.ServerId;
import java.io.IOException;
import java.util.List;

/**
 * Where a client finds the psks of server ids. Asked for each tunnel, unless it was within the last 50 ms; on a worker
 * thread, so it may block.
 */
@FunctionalInterface
public interface PskSource {
    /**
     * One psk, or two while they change; both are tried.
     *
     * @throws java.nio.file.NoSuchFileException when there is none
     */
    List<Psk> psks(ServerId id) throws IOException, FormatException;
}
