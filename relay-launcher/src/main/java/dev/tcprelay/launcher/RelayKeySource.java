package dev.tcprelay.launcher;

import dev.tcprelay.channel.SecretFiles;
import dev.tcprelay.protocol.files.FormatException;
import dev.tcprelay.protocol.files.HostPort;
import dev.tcprelay.protocol.files.RelayPem;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Where a relay's public key comes from: a file, or the relay's public HTTP port. What is downloaded is trusted only
 * together with a fingerprint (docs/protocol.md, M55): no redirect is followed, no more than 4 KiB is read, and the
 * body must have come after 10 s like the head.
 */
final class RelayKeySource {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private RelayKeySource() {}

    /** The URL at which a relay's public key is unless its operator says otherwise. */
    static String standard(HostPort relay) {
        return "http://" + new HostPort(relay.host(), 7080) + "/relay.pem";
    }

    /** @param source an http or https URL, or a file */
    static RelayPem read(String source) throws IOException, InterruptedException, CommandException {
        return read(source, PATIENCE);
    }

    /** @param patience for the connection, for the head of the answer, and for its body */
    static RelayPem read(String source, Duration patience) throws IOException, InterruptedException, CommandException {
        boolean web = source.startsWith("http://") || source.startsWith("https://");
        String text = web ? download(source, patience) : SecretFiles.readPublic(Path.of(source));
        try {
            return RelayPem.parse(text);
        } catch (FormatException e) {
            throw new CommandException(
                    ExitCode.UNTRUSTED, source + " is not a relay's public key: " + e.getMessage(), e);
        }
    }

    private static String download(String url, Duration patience) throws InterruptedException, CommandException {
        try {
            HttpClient client = HttpClient.newBuilder()
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .connectTimeout(patience)
                    .build();
            HttpRequest request =
                    HttpRequest.newBuilder(new URI(url)).timeout(patience).build();
            HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                return text(url, response.statusCode(), body, patience);
            }
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw new CommandException(ExitCode.USAGE, url + " is not a URL: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new CommandException(
                    ExitCode.UNREACHABLE,
                    "cannot download " + url + ": " + reason(e)
                            + ". Check the address, or hand over relay.pem as a file.",
                    e);
        }
    }

    private static String text(String url, int status, InputStream body, Duration patience)
            throws IOException, CommandException {
        if (status / 100 == 3) {
            throw new CommandException(
                    ExitCode.UNTRUSTED,
                    url + " points elsewhere, and redirects are not followed. Name the relay itself.");
        }
        if (status != 200) {
            throw new CommandException(ExitCode.FAILED, url + " answered with status " + status + ".");
        }
        CompletableFuture<Void> alarm = cutAfter(patience, body);
        byte[] bytes = body.readNBytes(RelayPem.MAX_LENGTH + 1);
        alarm.cancel(false);
        if (bytes.length > RelayPem.MAX_LENGTH) {
            throw new CommandException(ExitCode.UNTRUSTED, url + " is longer than a relay's public key.");
        }
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    /** Ends a read that takes too long, by closing what is read. */
    private static CompletableFuture<Void> cutAfter(Duration patience, InputStream body) {
        Executor later = CompletableFuture.delayedExecutor(patience.toMillis(), TimeUnit.MILLISECONDS);
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        body.close();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                later);
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
