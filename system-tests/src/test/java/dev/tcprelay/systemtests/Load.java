package dev.tcprelay.systemtests;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/**
 * Opens tunnels at a steady rate, each for one byte and its echo, and keeps account. Each port has so many under way at
 * most; when one of them waits for a node that is lost, the others get its turns. Where the machine does not keep up,
 * fewer are begun: {@link Account#perSecond} tells.
 */
final class Load implements AutoCloseable {
    private static final long SECOND = 1_000_000_000;
    private static final long PATIENCE = 30 * SECOND;
    private static final int MOST_UNDER_WAY = 32;

    private final List<SocksPort> through;
    /** By port. */
    private final int[] underWay;

    private final byte[] request;
    private final long period;
    private final long began = System.nanoTime();
    private final Selector selector = Selector.open();
    private final AtomicLong opened = new AtomicLong();
    private final Queue<Failure> failures = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private long next = began;
    private volatile int begun;
    private volatile boolean stopped;

    /** A tunnel that did not come about, or whose echo did not come. */
    record Failure(long atNanos, long tookNanos, String what) {}

    /**
     * What has come of all.
     *
     * @param perSecond how many were begun each second, whatever came of them
     * @param failures in the order in which they were seen
     */
    record Account(long opened, double perSecond, List<Failure> failures) {
        /** The time from the first failure to the last one, in seconds. */
        double outage() {
            if (failures.isEmpty()) {
                return 0;
            }
            long first = failures.stream()
                    .mapToLong(failure -> failure.atNanos - failure.tookNanos)
                    .min()
                    .orElseThrow();
            long last = failures.stream().mapToLong(Failure::atNanos).max().orElseThrow();
            return (double) (last - first) / SECOND;
        }

        @Override
        public String toString() {
            String kinds = failures.stream()
                    .collect(Collectors.groupingBy(Failure::what, TreeMap::new, Collectors.counting()))
                    .toString();
            return String.format(
                    "%d tunnels opened, %.0f begun a second; %d failed within %.1f s %s",
                    opened, perSecond, failures.size(), outage(), kinds);
        }
    }

    /** Begins at once, through these ports in turn. */
    Load(List<SocksPort> through, String id, int perSecond) throws IOException {
        this.through = through;
        this.underWay = new int[through.size()];
        this.request = SocksPort.request(id);
        this.period = SECOND / perSecond;
        this.thread = Threads.start("load", this::work);
    }

    private void work() throws IOException {
        while (!stopped || !selector.keys().isEmpty()) {
            long now = System.nanoTime();
            int port = stopped || now < next ? -1 : withRoom();
            if (port >= 0) {
                begin(port);
                next = Math.max(next, now - SECOND) + period;
                selector.selectNow();
            } else {
                selector.select(Math.max(1, (next - now) / 1_000_000));
            }
            for (SelectionKey key : selector.selectedKeys()) {
                ((Attempt) key.attachment()).goOn(key);
            }
            selector.selectedKeys().clear();
            giveUp(System.nanoTime() - PATIENCE);
        }
        selector.close();
    }

    /** The next port in turn that has not as many under way as it may have; -1 if all have. */
    private int withRoom() {
        for (int i = 0; i < underWay.length; i++) {
            int port = (begun + i) % underWay.length;
            if (underWay[port] < MOST_UNDER_WAY) {
                return port;
            }
        }
        return -1;
    }

    private void begin(int number) throws IOException {
        begun++;
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        Attempt attempt = new Attempt(channel, number);
        int port = through.get(number).port();
        SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT, attempt);
        try {
            if (channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
                attempt.goOn(key);
            }
        } catch (IOException e) {
            attempt.failed(e.getMessage());
        }
    }

    private void giveUp(long before) {
        for (SelectionKey key : selector.keys()) {
            Attempt attempt = (Attempt) key.attachment();
            if (key.isValid() && attempt.start < before) {
                attempt.failed("no answer");
            }
        }
    }

    /** A tunnel as an application of the SOCKS port sees it: it says something, then waits for what is said to that. */
    private final class Attempt {
        private final SocketChannel channel;
        private final int port;
        private final ByteBuffer heard = ByteBuffer.allocate(SocksPort.METHOD + SocksPort.REPLY + 1);
        private final long start = System.nanoTime();
        private int awaited;

        Attempt(SocketChannel channel, int port) {
            this.channel = channel;
            this.port = port;
            underWay[port]++;
        }

        void goOn(SelectionKey key) {
            try {
                if (key.isConnectable() || channel.isConnected() && awaited == 0) {
                    channel.finishConnect();
                    key.interestOps(SelectionKey.OP_READ);
                    say(SocksPort.GREETING, SocksPort.METHOD);
                } else if (channel.read(heard) < 0) {
                    failed("ended");
                } else if (heard.position() == awaited) {
                    answered();
                }
            } catch (IOException e) {
                failed(e.getMessage());
            }
        }

        private void say(byte[] bytes, int answer) throws IOException {
            awaited += answer;
            channel.write(ByteBuffer.wrap(bytes));
        }

        private void answered() throws IOException {
            int code = heard.get(SocksPort.METHOD + 1);
            if (awaited == SocksPort.METHOD) {
                say(request, SocksPort.REPLY);
            } else if (code != 0) {
                failed("refused with " + code);
            } else if (awaited < heard.capacity()) {
                say(new byte[] {42}, 1);
            } else if (heard.get(awaited - 1) == 42) {
                opened.incrementAndGet();
                close();
            } else {
                failed("another byte");
            }
        }

        private void failed(String what) {
            long now = System.nanoTime();
            failures.add(new Failure(now, now - start, what));
            close();
        }

        private void close() {
            underWay[port]--;
            try {
                channel.close();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    long opened() {
        return opened.get();
    }

    /** Ends it, when those under way have ended. */
    Account stop() {
        stopped = true;
        double seconds = (double) (System.nanoTime() - began) / SECOND;
        Threads.join(thread);
        return new Account(opened.get(), begun / seconds, List.copyOf(failures));
    }

    @Override
    public void close() {
        stopped = true;
    }
}
