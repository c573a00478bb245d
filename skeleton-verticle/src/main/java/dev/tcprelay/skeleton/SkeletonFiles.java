package dev.tcprelay.skeleton;

import dev.tcprelay.channel.RelayLogins;
import dev.tcprelay.channel.SecretFiles;
import dev.tcprelay.protocol.files.FormatException;
import dev.tcprelay.protocol.files.Psk;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.Role;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a skeleton keeps in files.
 *
 * @param psks of all servers
 */
record SkeletonFiles(RelayLogins.Login login, Map<ServerId, Psk> psks) {

    /**
     * Reads them. Blocking.
     *
     * @throws FileSystemException if one is missing, wrong or readable by others; the message names it and what to do
     */
    static SkeletonFiles read(SkeletonOptions options) throws FileSystemException {
        Map<ServerId, Psk> psks = new LinkedHashMap<>();
        for (SkeletonOptions.Server server : options.servers()) {
            psks.put(server.id(), psk(server));
        }
        RelayLogins.Login login =
                RelayLogins.find(options.home(), options.relay(), options.user(), options.keyFile(), Role.SKELETON);
        return new SkeletonFiles(login, Map.copyOf(psks));
    }

    /** The first of the file: a second one is for clients, while the psk changes. */
    private static Psk psk(SkeletonOptions.Server server) throws FileSystemException {
        Path file = server.psk();
        try {
            return Psk.parseFile(SecretFiles.read(file)).get(0);
        } catch (NoSuchFileException e) {
            throw new NoSuchFileException(
                    file.toString(),
                    null,
                    "there is no such file; make it with `relay psk new " + server.id()
                            + "` and give it to the clients of " + server.id() + " too");
        } catch (FormatException e) {
            throw new FileSystemException(file + (e.line() == 0 ? "" : ":" + e.line()), null, e.problem());
        }
    }
}
