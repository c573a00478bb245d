package dev.tcprelay.relay;

import dev.tcprelay.channel.SecretFiles;
import dev.tcprelay.protocol.files.ClusterKey;
import dev.tcprelay.protocol.files.FormatException;
import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.files.RelayKey;
import dev.tcprelay.protocol.files.RelayPem;
import dev.tcprelay.protocol.noise.KeyPair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a node keeps in its directory.
 *
 * @param pem what the world may download; belongs to the key
 * @param nextKey the key to be announced, or null
 * @param clusterKeys the first seals tickets, all open them; random when there is no cluster.key
 */
record RelayFiles(KeyPair key, RelayPem pem, @Nullable PublicKey nextKey, List<ClusterKey> clusterKeys) {

    /**
     * Reads them. Blocking.
     *
     * @throws IOException if one is missing, wrong or readable by others; the message names the file and what to do
     */
    static RelayFiles read(RelayOptions options, SecureRandom random) throws IOException {
        Path directory = options.directory();
        KeyPair key = parse(directory.resolve("relay.key"), SecretFiles::read, RelayKey::parse);
        Path pemFile = directory.resolve("relay.pem");
        RelayPem pem = parse(pemFile, SecretFiles::readPublic, RelayPem::parse);
        if (!pem.publicKey().equals(PublicKey.of(key))) {
            throw new IOException(
                    pemFile + ": not the public key of relay.key beside it; restore the one that belongs to it");
        }
        Path next = options.nextKey();
        PublicKey nextKey = next == null
                ? null
                : parse(next, SecretFiles::readPublic, RelayPem::parse).publicKey();
        Path cluster = directory.resolve("cluster.key");
        if (options.cluster() != null && !Files.exists(cluster)) {
            throw new IOException(cluster + ": missing; the nodes of a cluster share it. Make one with: (umask 077;"
                    + " (printf tcprelay-cluster-1:; openssl rand -base64 32) >cluster.key) and copy it to every node");
        }
        List<ClusterKey> clusterKeys = Files.exists(cluster)
                ? parse(cluster, SecretFiles::read, ClusterKey::parseFile)
                : List.of(ClusterKey.generate(random));
        return new RelayFiles(key, pem, nextKey, clusterKeys);
    }

    /** Reads a file's text. */
    private interface Reader {
        String read(Path file) throws IOException;
    }

    /** Understands a file's text. */
    private interface Parser<T> {
        T parse(String text) throws FormatException;
    }

    private static <T> T parse(Path file, Reader reader, Parser<T> parser) throws IOException {
        try {
            return parser.parse(reader.read(file));
        } catch (FormatException e) {
            throw new IOException(file + (e.line() == 0 ? "" : ":" + e.line()) + ": " + e.problem(), e);
        }
    }
}
