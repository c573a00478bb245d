package dev.tcprelay.launcher;

import dev.tcprelay.channel.SecretFiles;
import dev.tcprelay.protocol.files.FormatException;
import dev.tcprelay.protocol.files.RelayPem;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Where a relay's public key comes from: a file, or the relay's public HTTP port. What is downloaded is trusted only
 * together with a fingerprint (docs/protocol.md, M55): no redirect is followed, and no more than 4 KiB is read.
 */
final class RelayKeySource {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private RelayKeySource() {}

    /** @param source an http or https URL, or a file */
    static RelayPem read(String source) throws IOException, InterruptedException, CommandException {
        boolean web = source.startsWith("http://") || source.startsWith("https://");
        String text = web ? download(source) : SecretFiles.readPublic(Path.of(source));
        try {
            return RelayPem.parse(text);
        } catch (FormatException e) {
            throw new CommandException(
                    ExitCode.UNTRUSTED, source + " is not a relay's public key: " + e.getMessage(), e);
        }
    }

    private static String download(String url) throws InterruptedException, CommandException {
        try {
            HttpClient client = HttpClient.newBuilder()
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .connectTimeout(PATIENCE)
                    .build();
            HttpRequest request =
                    HttpRequest.newBuilder(new URI(url)).timeout(PATIENCE).build();
            HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                return text(url, response.statusCode(), body);
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

    private static String text(String url, int status, InputStream body) throws IOException, CommandException {
        if (status / 100 == 3) {
            throw new CommandException(
                    ExitCode.UNTRUSTED,
                    url + " points elsewhere, and redirects are not followed. Name the relay itself.");
        }
        if (status != 200) {
            throw new CommandException(ExitCode.FAILED, url + " answered with status " + status + ".");
        }
        byte[] bytes = body.readNBytes(RelayPem.MAX_LENGTH + 1);
        if (bytes.length > RelayPem.MAX_LENGTH) {
            throw new CommandException(ExitCode.UNTRUSTED, url + " is longer than a relay's public key.");
        }
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
