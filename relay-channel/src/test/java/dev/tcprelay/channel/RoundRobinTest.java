package dev.tcprelay.channel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.vertx.core.transport.Transport;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Connections that share a loop, many of them busy. */
@Timeout(120)
class RoundRobinTest {
    private static final int BUSY = 12;
    private static final int PINGS = 30;

    /** A byte on a quiet connection is read after the long read that is under way, not after one of each busy peer. */
    @ParameterizedTest
    @MethodSource("dev.tcprelay.channel.Rig#transports")
    void aQuietConnectionDoesNotWaitForAllTheBusyOnes(Transport transport) throws Exception {
        try (Rig rig = new Rig(transport)) {
            Rig.Pair quiet = rig.accept();
            var pings = new Pings(quiet.peer().getOutputStream());
            Rig.run(quiet.leg(), () -> quiet.leg().receiver(pings.heard()));
            for (int i = 0; i < BUSY; i++) {
                Rig.Pair busy = rig.dial(quiet.leg(), true);
                Rig.async(() -> sendForEver(busy.peer()));
                Rig.run(busy.leg(), () -> busy.leg().receiver(pings.busy()));
            }
            List<Integer> waited = pings.done.get(Rig.SECONDS, TimeUnit.SECONDS);
            assertTrue(
                    waited.stream().filter(turns -> turns <= 2).count() > PINGS * 3 / 4,
                    "long reads before each byte: " + waited);
        }
    }

    private static void sendForEver(Socket peer) {
        byte[] much = new byte[1 << 20];
        try {
            while (true) {
                peer.getOutputStream().write(much);
            }
        } catch (SocketException e) {
            return; // the test is over
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A byte now and then, and how many long reads there were until it was read. All on one loop. */
    private static final class Pings {
        final CompletableFuture<List<Integer>> done = new CompletableFuture<>();
        private final OutputStream peer;
        private final List<Integer> waited = new ArrayList<>();
        private boolean underWay;
        private int turns;

        Pings(OutputStream peer) {
            this.peer = peer;
        }

        Duplex.Receiver heard() {
            return new Recorder() {
                @Override
                public void received(ByteBuf bytes) {
                    bytes.release();
                    underWay = false;
                    waited.add(turns);
                    turns = 0;
                    if (waited.size() == PINGS) {
                        done.complete(List.copyOf(waited));
                    }
                }
            };
        }

        Duplex.Receiver busy() {
            return new Recorder() {
                private int read;

                @Override
                public void received(ByteBuf bytes) {
                    read += bytes.readableBytes();
                    bytes.release();
                }

                @Override
                public void readCompleted() {
                    if (read >= 64 * 1024) {
                        longRead();
                    }
                    read = 0;
                }
            };
        }

        /** The first ones belong to connections that nobody knew to be busy. */
        private void longRead() {
            turns++;
            if (!underWay && !done.isDone() && turns > 2 * BUSY + waited.size() % BUSY) {
                underWay = true;
                turns = 0;
                try {
                    peer.write(1);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    /** Their ends too come while they wait for their turns. */
    @ParameterizedTest
    @MethodSource("dev.tcprelay.channel.Rig#transports")
    void busyConnectionsLoseNothing(Transport transport) throws Exception {
        byte[] sent = new byte[5_000_001];
        new Random(1).nextBytes(sent);
        try (Rig rig = new Rig(transport)) {
            Leg first = rig.accept().leg();
            List<Recorder> received = new ArrayList<>();
            for (int i = 0; i < BUSY; i++) {
                Rig.Pair busy = rig.dial(first, true);
                var recorder = new Recorder();
                received.add(recorder);
                Rig.async(() -> sendAndEnd(busy.peer(), sent));
                Rig.run(busy.leg(), () -> busy.leg().receiver(recorder));
            }
            for (Recorder each : received) {
                each.awaitEnded();
                assertArrayEquals(sent, each.bytes.toByteArray());
                assertEquals("", each.wrong);
            }
        }
    }

    private static void sendAndEnd(Socket peer, byte[] bytes) {
        try {
            peer.getOutputStream().write(bytes);
            peer.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Between two phases, as when a client's leg is joined to a skeleton's. */
    @ParameterizedTest
    @MethodSource("dev.tcprelay.channel.Rig#transports")
    void aBusyConnectionMovesToAnotherLoop(Transport transport) throws Exception {
        byte[] sent = new byte[5_000_001];
        new Random(2).nextBytes(sent);
        try (Rig rig = new Rig(transport)) {
            Rig.Pair other = rig.accept();
            Rig.Pair moving = rig.dial(other.leg(), true);
            Rig.async(() -> sendForEver(other.peer()));
            Rig.run(other.leg(), () -> other.leg().receiver(new Pings(OutputStream.nullOutputStream()).busy()));
            Leg leg = moving.leg();
            var recorder = new Recorder();
            Rig.run(leg, () -> leg.receiver(recorder));
            Rig.async(() -> sendAndEnd(moving.peer(), sent));
            for (int i = 0; i < 20; i++) {
                Rig.on(leg, () -> {
                    leg.receiver(null);
                    return leg.moveTo(rig.otherLoop(leg)).onSuccess(moved -> leg.receiver(recorder));
                });
            }
            recorder.awaitEnded();
            assertArrayEquals(sent, recorder.bytes.toByteArray());
            Rig.run(leg, leg::close);
            assertNull(recorder.awaitClosed());
        }
    }
}
