package dev.tcprelay.protocol.wire;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.tcprelay.protocol.files.ClusterKey;
import dev.tcprelay.protocol.files.HostPort;
import dev.tcprelay.protocol.noise.AuthenticationException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random and mutated input, the same in every run until the time is over: only the declared exceptions come out. */
class FuzzTest {

    private static final byte[] EDITS = {
        '"', '{', '}', '[', ']', ':', ',', '\\', '-', 'u', 'e', '1', 0, 1, 0x7f, -1, -128
    };
    private static final long BOX_NANOS = 100_000_000L;

    /** A decoder under test. */
    private interface Decoder {
        void run(byte[] input) throws Exception;
    }

    private final Random random = new Random(20_261_122);
    private final Hello hello = Fixture.hello(Role.CLIENT);
    private final Hello skeletonHello = Fixture.hello(Role.SKELETON);
    private final TicketSecret secret = new TicketSecret(FixedRandom.first("rs", 32));
    private final Tickets tickets = new Tickets(List.of(ClusterKey.of(FixedRandom.first("cluster", 32))));

    /** Valid inputs, so that mutations get deep, and the decoders that should survive all of them. */
    private Map<byte[], Decoder> targets() throws Exception {
        Map<byte[], Decoder> all = new LinkedHashMap<>();
        all.put(hello.encode(), in -> Hello.decode(in, Role.CLIENT));
        all.put(
                Fixture.body(Fixture.login(hello).request()),
                in -> Fixture.loginResponder(hello).read(in));
        all.put(new byte[64], in -> {
            LoginInitiator initiator = Fixture.login(hello);
            initiator.request();
            initiator.accepted(in);
        });
        AttachInitiator attach =
                new AttachInitiator(hello, new SealedTicket(FixedRandom.first("ticket", 162)), secret, Fixture.RANDOM);
        all.put(
                Fixture.body(attach.request(Attach.client())),
                in -> AttachResponder.read(hello, in).open(secret));
        all.put(Attach.spare(Fixture.WEB).encode(), in -> Attach.decode(in, Role.SKELETON));
        all.put(
                Attach.answer(Fixture.WEB, new NodeId(new byte[16]), new Token(new byte[16]))
                        .encode(),
                in -> Attach.decode(in, skeletonHello.role()));
        all.put(FixedRandom.first("ticket", 162), in -> {
            if (in.length >= 1 && in.length <= 255) {
                tickets.open(new SealedTicket(in), Role.CLIENT, 1_000_000_000L);
            }
        });
        for (Object[] message : ControlCodecTest.messages().map(a -> a.get()).toList()) {
            all.put(ControlCodec.encode((ControlMessage) message[0]), in -> {
                for (Sender from : Sender.values()) {
                    swallow(() -> ControlCodec.decode(in, from));
                }
            });
        }
        LegMessageTest.messages()
                .forEach(message -> all.put(message.encode(), in -> {
                    swallow(() -> LegMessage.decode(in, Sender.CLIENT));
                    LegMessage.decode(in, Sender.RELAY);
                }));
        EndToEndInitiator spare = new EndToEndInitiator(Fixture.WEB, Fixture.PSK, Fixture.RANDOM);
        all.put(
                Fixture.afterLength(spare.message1()),
                in -> new EndToEndResponder(Fixture.WEB, List.of(Fixture.PSK, Fixture.OTHER_PSK), Fixture.RANDOM)
                        .answer(in, TargetRequest.defaultTarget()));
        all.put(new byte[320], in -> {
            EndToEndInitiator waiting = new EndToEndInitiator(Fixture.WEB, Fixture.PSK, Fixture.RANDOM);
            waiting.message1();
            waiting.read(in);
        });
        all.put(TargetRequest.to(new HostPort("db", 1)).encode(), TargetRequest::decode);
        all.put(new byte[130], TicketClaims::decode);
        all.put(new byte[] {3, 0}, in -> StreamRules.ofSkeleton().accept(in, 0, in.length));
        all.put(new byte[] {1, 0}, in -> StreamRules.ofClient().accept(in, 0, in.length));
        all.put(new byte[] {1, 0, (byte) 224, 0}, this::measure);
        for (Layer layer : Layer.values()) {
            all.put(Fixture.sealer(layer, 3).seal(new byte[] {1, 2}), in -> record(layer, in));
        }
        return all;
    }

    private void measure(byte[] in) {
        swallow(() -> bounded(Frames.request(in, 0, in.length), 436));
        swallow(() -> bounded(Frames.loginAnswer(in, 0, in.length), 67));
        swallow(() -> bounded(Frames.attachAnswer(in, 0, in.length), 514));
        swallow(() -> bounded(Frames.message1(in, 0, in.length), 50));
        swallow(() -> bounded(Frames.message2(in, 0, in.length), 322));
        for (Layer layer : Layer.values()) {
            swallow(() -> bounded(Frames.record(layer, in, 0, in.length), 2 + layer.largest()));
        }
    }

    private static void bounded(int size, int most) {
        assertTrue(size == Frames.UNKNOWN || size > 0 && size <= most);
    }

    private static void record(Layer layer, byte[] in) throws Exception {
        int size = Frames.record(layer, in, 0, in.length);
        if (size != Frames.UNKNOWN && size <= in.length) {
            Fixture.opener(layer, 3).open(in, 2, size - 2);
        }
    }

    /** What a decoder may do: return, or throw one of these two. */
    private interface Attempt {
        void run() throws Exception;
    }

    private static void swallow(Attempt attempt) {
        try {
            attempt.run();
        } catch (ProtocolException | AuthenticationException e) {
            assertTrue(e.getStackTrace().length == 0, "refusing is cheap");
        } catch (Exception e) {
            fail("not a declared exception", e);
        }
    }

    private byte[] mutated(byte[] valid) {
        byte[] in = Arrays.copyOf(valid, random.nextInt(4) == 0 ? random.nextInt(valid.length + 4) : valid.length);
        if (random.nextInt(8) == 0) {
            in = new byte[random.nextInt(300)];
            random.nextBytes(in);
        }
        for (int edits = random.nextInt(4); edits > 0 && in.length > 0; edits--) {
            in[random.nextInt(in.length)] = EDITS[random.nextInt(EDITS.length)];
        }
        return in;
    }

    @Test
    void nothingButTheDeclaredExceptionsComesOutOfAnyDecoder() throws Exception {
        Map<byte[], Decoder> targets = targets();
        for (Map.Entry<byte[], Decoder> target : targets.entrySet()) {
            long end = System.nanoTime() + BOX_NANOS;
            for (int i = 0; i < 20_000 && (i < 50 || System.nanoTime() < end); i++) {
                byte[] in = mutated(target.getKey());
                swallow(() -> target.getValue().run(in));
            }
        }
    }
}
