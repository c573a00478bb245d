package dev.tcprelay.launcher;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.lang.ref.Reference;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Asks a node through its admin socket. Blocks; failures are what the shell is to be told.
 *
 * @param socket absolute
 */
record AdminClient(Path socket) {

    /** The JSON that the node has under this path. */
    JsonObject get(String path) throws Exception {
        return ask(HttpMethod.GET, path);
    }

    /** Asks the node to do something; what it answers. */
    JsonObject post(String path) throws Exception {
        return ask(HttpMethod.POST, path);
    }

    private JsonObject ask(HttpMethod method, String path) throws Exception {
        if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
            throw unreachable("there is no " + socket, null);
        }
        Vertx vertx = Running.briefly();
        HttpClient client = vertx.createHttpClient(); // Vert.x closes one that is garbage: it is held to the end
        try {
            return Waiting.until(ask(client, method, path));
        } catch (ConnectException e) {
            throw unreachable("nobody answers on " + socket, e);
        } catch (DecodeException e) {
            throw new CommandException(ExitCode.FAILED, socket + ": what answers there is no relay.", e);
        } catch (IOException e) {
            throw new CommandException(
                    ExitCode.FAILED,
                    socket + ": " + e.getMessage() + ". Only the account that the node runs as, and root, may ask it.",
                    e);
        } finally {
            Reference.reachabilityFence(client);
            Waiting.until(vertx.close());
        }
    }

    private static CommandException unreachable(String what, @Nullable Throwable cause) {
        return new CommandException(
                ExitCode.UNREACHABLE,
                "no relay runs here: " + what + ". Name its directory with --dir, or its socket with --socket.",
                cause);
    }

    private Future<JsonObject> ask(HttpClient client, HttpMethod method, String path) {
        var options = new RequestOptions()
                .setServer(SocketAddress.domainSocketAddress(socket.toString()))
                .setHost("relay")
                .setMethod(method)
                .setURI(path);
        return client.request(options).compose(HttpClientRequest::send).compose(this::json);
    }

    private Future<JsonObject> json(HttpClientResponse response) {
        return response.body().compose(body -> {
            if (response.statusCode() / 100 == 2) {
                return Future.succeededFuture(body.toJsonObject());
            }
            String answer = response.statusCode() + " " + body.toString().strip();
            return Future.failedFuture(new CommandException(ExitCode.FAILED, socket + ": answered " + answer + "."));
        });
    }
}
