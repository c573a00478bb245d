package dev.tcprelay.systemtests;

import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * Opens tunnels at a steady rate, each for one word and its echo, and keeps account. Where the machine does not keep
 * up, fewer are opened: {@link Account#perSecond} tells.
 */
final class Load implements AutoCloseable {
    private static final int WORKERS = 48;
    private static final long SECOND = 1_000_000_000;

    private final List<SocksPort> through;
    private final String id;
    private final long period;
    private final long began = System.nanoTime();
    private final AtomicLong next = new AtomicLong(began);
    private final AtomicLong number = new AtomicLong();
    private final AtomicLong opened = new AtomicLong();
    private final Queue<Failure> failures = new ConcurrentLinkedQueue<>();
    private final List<Thread> workers = new ArrayList<>();
    private volatile boolean stopped;

    /** A tunnel that did not come about, or whose echo did not come. */
    record Failure(long atNanos, long tookNanos, String what) {}

    /**
     * What has come of all.
     *
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
                    "%d tunnels opened, %.0f a second; %d failed within %.1f s %s",
                    opened, perSecond, failures.size(), outage(), kinds);
        }
    }

    /** Begins at once, through these ports in turn. */
    Load(List<SocksPort> through, String id, int perSecond) {
        this.through = through;
        this.id = id;
        this.period = SECOND / perSecond;
        for (int i = 0; i < WORKERS; i++) {
            workers.add(Threads.start("load " + i, this::work));
        }
    }

    private void work() {
        while (!stopped) {
            long now = System.nanoTime();
            long turn = next.getAndUpdate(at -> Math.max(at, now - SECOND) + period);
            while (System.nanoTime() < turn && !stopped) {
                LockSupport.parkNanos(turn - System.nanoTime());
            }
            if (!stopped) {
                open(through.get((int) (number.getAndIncrement() % through.size())));
            }
        }
    }

    private void open(SocksPort port) {
        long start = System.nanoTime();
        try (Socket tunnel = SocksPort.open(port.port())) {
            int code = SocksPort.request(tunnel, id);
            if (code != 0) {
                failed(start, "refused with " + code);
                return;
            }
            tunnel.getOutputStream().write(42);
            if (tunnel.getInputStream().read() == 42) {
                opened.incrementAndGet();
            } else {
                failed(start, "ended");
            }
        } catch (IOException e) {
            failed(start, e.getMessage());
        } catch (AssertionError e) {
            failed(start, "no answer"); // the port has closed the connection without one
        }
    }

    private void failed(long start, String what) {
        long now = System.nanoTime();
        failures.add(new Failure(now, now - start, what));
    }

    long opened() {
        return opened.get();
    }

    /** Ends it, when those under way have ended. */
    Account stop() {
        stopped = true;
        double seconds = (double) (System.nanoTime() - began) / SECOND;
        workers.forEach(Threads::join);
        return new Account(opened.get(), opened.get() / seconds, List.copyOf(failures));
    }

    @Override
    public void close() {
        stopped = true;
    }
}
