package dev.tcprelay.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** A target at some places, and what runs before it. Closing it ends everything that was started. */
final class Arena implements Starts, AutoCloseable {
    private final Places places;
    private final TimeLimit limit;
    private final Stage stage;
    private final Child target;
    private final InetSocketAddress address;
    private final List<Way> ways = new ArrayList<>();

    private Arena(Places places, Stage stage, Child target, TimeLimit limit) throws IOException, InterruptedException {
        this.places = places;
        this.limit = limit;
        this.stage = stage;
        this.target = target;
        this.address = new InetSocketAddress(places.skeleton().host(), TargetProcess.port(target));
    }

    /**
     * Starts the target.
     *
     * @param limit after which nothing is started any more
     */
    static Arena at(Places places, TimeLimit limit) throws IOException, InterruptedException {
        Stage stage = new Stage(places, Target.NOWHERE, "");
        try {
            return new Arena(places, stage, TargetProcess.start(stage, null), limit);
        } catch (IOException | InterruptedException e) {
            stage.close();
            throw e;
        }
    }

    /** An empty one; the caller closes it. */
    Stage stage() throws IOException {
        limit.require();
        return new Stage(places, address, "");
    }

    @Override
    public Way start(Contender contender, String javaOptions) throws IOException, InterruptedException {
        limit.require();
        Way way = Way.start(contender, new Stage(places, address, javaOptions), target);
        ways.add(way);
        return way;
    }

    @Override
    public void close() throws IOException {
        for (Way way : ways) {
            way.close();
        }
        stage.close();
    }
}
