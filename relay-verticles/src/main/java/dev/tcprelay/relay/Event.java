package dev.tcprelay.relay;

import java.util.Locale;

/**
 * What a node logs of its users and tunnels, at INFO: a sentence for people, whose fields are also key-value pairs for
 * programs. The names of events and fields are stable; docs/operations.md lists them.
 */
enum Event {
    LOGIN(Log.AUDIT, "{user} logged in from {source} as a {role}, session {session}, node {node}"),
    LOGIN_REFUSED(Log.AUDIT, "login as {user} from {source} as a {role} refused: {reason}", 30),
    LOGOUT(Log.AUDIT, "{user} logged out: {reason}, session {session}"),
    OPEN_REFUSED(Log.AUDIT, "open of {server} by {user} refused: {reason}", 30),
    REGISTER(Log.AUDIT, "{user} serves {server}", 1000),
    REGISTER_REFUSED(Log.AUDIT, "register of {server} by {user} refused: {reason}", 30),
    /** Of two claims that exclude each other the other one, on another node, is the earlier. */
    REGISTER_DISPLACED(
            Log.AUDIT, "{server} is withdrawn from {user}: {other} has an earlier claim to it on node {node}", 30),
    /** No address of either side: who may read this line need not know them. */
    TUNNEL(
            Log.TUNNELS,
            "tunnel {tunnel} {user} to {server} of {skeleton}: {millis} ms, {up} bytes up, {down} bytes down,"
                    + " {reason}"),
    /** The same on the node where the skeleton's leg is, when that is not the client's. */
    TUNNEL_CARRIED(
            Log.TUNNELS,
            "tunnel {tunnel} to {server} of {skeleton} carried to node {node}: {millis} ms, {up} bytes up, {down} bytes"
                    + " down, {reason}"),
    DRAIN(
            Log.AUDIT,
            "this node stops, asked by {by}: {sessions} sessions, {tunnels} tunnels, which have {grace} s to finish"),
    DRAINED(Log.AUDIT, "nothing runs here any more after {millis} ms; {cut} tunnels were cut");

    private final Log log;
    private final String sentence;
    private final int perMinute;

    /** Where an event is logged, so that it can be routed. */
    enum Log {
        AUDIT("dev.tcprelay.audit"),
        TUNNELS("dev.tcprelay.tunnels");

        private final String logger;

        Log(String logger) {
            this.logger = logger;
        }

        /** The logger's name. */
        String logger() {
            return logger;
        }
    }

    Event(Log log, String sentence) {
        this(log, sentence, Integer.MAX_VALUE);
    }

    Event(Log log, String sentence, int perMinute) {
        this.log = log;
        this.sentence = sentence;
        this.perMinute = perMinute;
    }

    /** For people; the names of fields stand in braces. */
    String sentence() {
        return sentence;
    }

    Log log() {
        return log;
    }

    /** How many lines of it a minute may have: those that somebody else can cause at will are bounded. */
    int perMinute() {
        return perMinute;
    }

    /** As logs and metrics call it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
