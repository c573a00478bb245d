package dev.tcprelay.launcher;

import dev.tcprelay.channel.RelayLogins.Login;
import dev.tcprelay.launcher.Examination.Found;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A step of {@code relay doctor}: this machine's clock beside the relay's, which its public HTTP port tells in the
 * header Date. The protocol does not carry times that a peer would have to believe, so this is all there is to ask.
 *
 * @param source a URL of that port; null for the standard one
 */
record ClockCheck(@Nullable URI source, InstantSource clock) {
    private static final Duration TOLERATED = Duration.ofSeconds(60);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    Found<Login> check(Login login) throws InterruptedException {
        URI from = source == null
                ? URI.create(RelayKeySource.standard(login.address().address()))
                : source;
        try {
            HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
            HttpRequest request = HttpRequest.newBuilder(from)
                    .method("HEAD", HttpRequest.BodyPublishers.noBody())
                    .timeout(PATIENCE)
                    .build();
            Instant asked = clock.instant();
            HttpResponse<Void> response = client.send(request, HttpResponse.BodyHandlers.discarding());
            Instant answered = clock.instant();
            return compare(login, from, response.headers().firstValue("Date"), asked, answered);
        } catch (IOException | IllegalArgumentException | DateTimeException e) {
            String reason =
                    Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName());
            return unknown("no time from " + from + " (" + reason + ")");
        }
    }

    private static Found<Login> compare(Login login, URI from, Optional<String> date, Instant asked, Instant answered) {
        if (date.isEmpty()) {
            return unknown(from + " tells no time");
        }
        Instant there = Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date.get()));
        // It is cut to seconds, and was written at some time between the question and the answer.
        Duration ahead = Duration.between(there.plusSeconds(1), asked);
        Duration behind = Duration.between(answered, there);
        if (ahead.compareTo(TOLERATED) > 0) {
            return wrong(login, ahead.toSeconds() + " s ahead of");
        } else if (behind.compareTo(TOLERATED) > 0) {
            return wrong(login, behind.toSeconds() + " s behind");
        }
        return Found.ok("within " + TOLERATED.toSeconds() + " s of the relay's", login);
    }

    private static Found<Login> wrong(Login login, String difference) {
        return Found.warn(
                "this clock is " + difference + " the relay's. Tunnels do not mind, but the logs of both do not fit"
                        + " together: set the clock that is wrong, best by NTP.",
                login);
    }

    private static Found<Login> unknown(String why) {
        return Found.skip(why + ". If the relay's HTTP port is another one, name it by --clock.");
    }
}
