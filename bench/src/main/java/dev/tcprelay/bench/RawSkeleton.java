package dev.tcprelay.bench;

import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.Attach;
import dev.tcprelay.protocol.wire.ControlMessage.Need;
import dev.tcprelay.protocol.wire.LegMessage;
import dev.tcprelay.protocol.wire.Role;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The skeleton's side of raw legs, in the target's process: spares that are served like accepted connections. */
final class RawSkeleton {
    private static final int SPARES = 16;

    private final RawSession session;
    private final Consumer<Socket> connections;

    private RawSkeleton(Path home, Consumer<Socket> connections) throws IOException {
        this.connections = connections;
        this.session = new RawSession(home, Role.SKELETON, this::answer);
    }

    /** Makes {@link RelayCommand#SERVER} available; each connection is handed over on a thread of its own. */
    static void serve(Path home, Consumer<Socket> connections) throws IOException, InterruptedException {
        RawSkeleton skeleton = new RawSkeleton(home, connections);
        ServerId server = new ServerId(RelayCommand.SERVER);
        skeleton.session.register(List.of(server));
        for (int i = 0; i < SPARES; i++) {
            Target.daemon("spare", () -> skeleton.keepSpare(server));
        }
    }

    /** Whoever asked gets no connection when this fails, and says so. */
    private void answer(Need need) {
        Target.daemon("answer", () -> {
            try {
                serve(Attach.answer(need.id(), need.node(), need.token()));
            } catch (IOException e) {
                System.err.println("an answer failed: " + e.getMessage());
            }
        });
    }

    private void keepSpare(ServerId server) {
        while (true) {
            try {
                serve(Attach.spare(server));
            } catch (IOException e) {
                pause();
            }
        }
    }

    /** Attaches a leg, waits until it is joined and hands it over. */
    private void serve(Attach attach) throws IOException {
        RawConnection leg = session.spare(attach);
        try {
            leg.expect(LegMessage.Ok.class);
            leg.patient().expect(LegMessage.Start.class);
        } catch (IOException e) {
            leg.socket().close();
            throw e;
        }
        Target.daemon("connection", () -> connections.accept(leg.socket()));
    }

    /** A spare has come to its age, or the relay has stopped. */
    private static void pause() {
        try {
            TimeUnit.SECONDS.sleep(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
