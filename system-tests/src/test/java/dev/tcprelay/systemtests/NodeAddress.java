package dev.tcprelay.systemtests;

import java.util.ArrayList;
import java.util.List;

/**
 * Where a {@link ClusterNode} is.
 *
 * @param namespace the network in which it runs, made by {@code ip netns}; null for that of the tests
 * @param host where people and the balancer reach it
 * @param inner its address in the private network, for other nodes
 * @param cluster the port of Hazelcast
 */
record NodeAddress(
        String name,
        String namespace,
        String host,
        String inner,
        int clients,
        int skeletons,
        int http,
        int peers,
        int cluster,
        int bus,
        int admin) {

    /** Ports of 127.0.0.1. */
    static NodeAddress local(String name) {
        return at(name, null, "127.0.0.1", "127.0.0.1");
    }

    /** In a namespace of its own, with addresses in two networks. */
    static NodeAddress at(String name, String namespace, String host, String inner) {
        return new NodeAddress(
                name,
                namespace,
                host,
                inner,
                Ports.free(),
                Ports.free(),
                Ports.free(),
                Ports.free(),
                Ports.free(),
                Ports.free(),
                Ports.free());
    }

    /** Where Hazelcast of the other nodes looks for it. */
    String member() {
        return inner + ":" + cluster;
    }

    /** The lines of its config that say where it listens. */
    String config(Network network, List<String> members) {
        return listener("clients", clients, network.clientPort())
                + listener("skeletons", skeletons, network.skeletonPort())
                + listener("http", http, network.httpPort())
                + "      peers: {port: " + peers + "}\n"
                + "      cluster: {host: " + inner + ", port: " + cluster + ", busPort: " + bus + ", name: " + name
                + ", members: ["
                + String.join(", ", members.stream().map(at -> '"' + at + '"').toList()) + "]}\n";
    }

    private String listener(String key, int port, int publicPort) {
        return "      " + key + ": {host: " + host + ", port: " + port + ", publicPort: " + publicPort + "}\n";
    }

    /** The same program in this node's network. */
    Invocation within(Invocation invocation) {
        if (namespace == null) {
            return invocation;
        }
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        command.addAll(invocation.command());
        return new Invocation(
                invocation.name(), command, invocation.environment(), invocation.input(), invocation.output());
    }
}
