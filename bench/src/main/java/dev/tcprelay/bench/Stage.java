package dev.tcprelay.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What a contender is started on: places, files and processes. Closing it ends the processes and removes the files. */
final class Stage implements AutoCloseable {
    /** Below those that the system gives to outgoing connections. */
    private static final int FIRST_PORT = 12_000;

    private static final int PORTS = 18_000;
    private static final long LISTENING_MILLIS = 20_000;

    private final Path directory;
    private final Places places;
    private final InetSocketAddress target;
    private final String javaOptions;
    private final List<Child> children = new ArrayList<>();
    private final List<String> configuration = new ArrayList<>();
    private boolean closed;

    /**
     * An empty stage with a directory of its own.
     *
     * @param target the port of a {@link Target} at the skeleton's place
     * @param javaOptions for JVMs that are measured, separated by spaces
     */
    Stage(Places places, InetSocketAddress target, String javaOptions) throws IOException {
        this.directory = Files.createTempDirectory("relay-bench");
        this.places = places;
        this.target = target;
        this.javaOptions = javaOptions;
    }

    Path directory() {
        return directory;
    }

    Place client() {
        return places.client();
    }

    Place relay() {
        return places.relay();
    }

    Place skeleton() {
        return places.skeleton();
    }

    String javaOptions() {
        return javaOptions;
    }

    /** As whoever connects sees it. */
    InetSocketAddress target() {
        return target;
    }

    /** As a program beside it sees it, HOST:PORT. */
    String besideTarget() {
        return "127.0.0.1:" + target.getPort();
    }

    /** A port, which leads to the target. */
    Entry entry(Place place, int port) {
        return Entry.port(new InetSocketAddress(place.host(), port), target);
    }

    /** Where nothing listens now, at any place of this machine. */
    static int port() {
        int port = FIRST_PORT + ThreadLocalRandom.current().nextInt(PORTS);
        while (!isFree(port)) {
            port = FIRST_PORT + ThreadLocalRandom.current().nextInt(PORTS);
        }
        return port;
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByName("0.0.0.0"))) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    /** Writes a file that only this account can read; in the place of one of that name. */
    Path file(String name, String... lines) throws IOException {
        Path file = directory.resolve(name);
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(file, List.of(lines));
        configuration.add(name + ":\n" + shown(String.join("\n", lines)));
        return file;
    }

    /** Starts a process whose cost counts. */
    Child run(Place place, String name, List<String> command) throws IOException {
        return run(place, name, Map.of(), command);
    }

    Child run(Place place, String name, Map<String, String> environment, List<String> command) throws IOException {
        configuration.add(name + ": " + shown(String.join(" ", command)));
        List<String> line = new ArrayList<>(place.enter());
        line.addAll(command);
        Child child = Child.start(name, directory, environment, line);
        children.add(child);
        return child;
    }

    /** Runs a command to its end, which has to be a success; gives what it printed. */
    String once(String name, Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        Child child = run(Place.HERE, name, environment, command);
        child.awaitSuccess();
        children.remove(child);
        return child.output();
    }

    /** Waits until a process listens; it is an error if it has ended. */
    void awaitPort(Place place, int port, Child child) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LISTENING_MILLIS);
        while (true) {
            try {
                Entry.dial(new InetSocketAddress(place.host(), port)).close();
                return;
            } catch (IOException e) {
                child.requireAlive();
                if (System.nanoTime() > deadline) {
                    throw new IOException(child.name() + " does not listen on port " + port + ":\n" + child.output());
                }
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
    }

    /** Ends a process before the others. */
    void end(Child child) {
        child.close();
        children.remove(child);
    }

    /** Those whose cost counts. */
    List<Child> processes() {
        return children.stream().filter(Child::counts).toList();
    }

    /** Those that belong to an end of what is measured. */
    List<Child> ends() {
        return children.stream().filter(child -> !child.counts()).toList();
    }

    /** Commands and files, without what differs from run to run. */
    List<String> configuration() {
        return List.copyOf(configuration);
    }

    private String shown(String text) {
        return text.replace(directory.toString(), "DIR");
    }

    /** Ends all processes and removes the files; the second time does nothing. */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        for (int i = children.size() - 1; i >= 0; i--) {
            children.get(i).close();
        }
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
