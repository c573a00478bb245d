package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What arrives at a WebSocket, in order, its messages put together. Whoever asks waits for 30 s at most. */
final class Inbox implements WebSocket.Listener {
    private static final int PATIENCE_SECONDS = 30;

    private final BlockingQueue<Object> arrived = new LinkedBlockingQueue<>();
    private final StringBuilder text = new StringBuilder();
    private final ByteArrayOutputStream binary = new ByteArrayOutputStream();

    /** The end that the other side, or an answer to our own close, has declared. */
    record Closed(int code, String reason) {}

    /** The next thing that arrived, which must be a text. */
    String text() throws InterruptedException {
        return next(String.class);
    }

    /** The next thing that arrived, which must be a binary message. */
    Content binary() throws InterruptedException {
        return next(Content.class);
    }

    /** The next thing that arrived, which must be the end. */
    Closed closed() throws InterruptedException {
        return next(Closed.class);
    }

    private <T> T next(Class<T> type) throws InterruptedException {
        return assertInstanceOf(type, arrived.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
    }

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            arrived.add(text.toString());
            text.setLength(0);
        }
        socket.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
        try {
            Channels.newChannel(binary).write(data);
            if (last) {
                arrived.add(Content.read(new ByteArrayInputStream(binary.toByteArray())));
                binary.reset();
            }
        } catch (IOException e) {
            arrived.add(e);
        }
        socket.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
        arrived.add(new Closed(code, reason));
        return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
        arrived.add(error);
    }
}
