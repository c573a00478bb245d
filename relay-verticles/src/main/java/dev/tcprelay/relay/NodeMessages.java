package dev.tcprelay.relay;

import dev.tcprelay.protocol.files.FormatException;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.wire.Instance;
import dev.tcprelay.protocol.wire.Mode;
import dev.tcprelay.protocol.wire.NodeId;
import dev.tcprelay.protocol.wire.Token;
import dev.tcprelay.relay.NodeMessage.Delta;
import dev.tcprelay.relay.NodeMessage.Digest;
import dev.tcprelay.relay.NodeMessage.Need;
import dev.tcprelay.relay.NodeMessage.Page;
import dev.tcprelay.relay.NodeMessage.Ping;
import dev.tcprelay.relay.NodeMessage.Request;
import dev.tcprelay.relay.NodeMessage.Take;
import dev.tcprelay.relay.NodeMessage.Wanted;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The form of {@link NodeMessage}s: JSON objects with {@code type} and {@code from}. Entries are arrays: server, user,
 * instance, mode or null, stamp, spares, tunnels.
 */
final class NodeMessages {
    /** Entries in one message; about 30 KiB. */
    static final int MOST_ENTRIES = 256;

    private static final int ENTRY = 7;
    /** What {@link Accounts#hash} looks like. */
    private static final Pattern HASH = Pattern.compile("[A-Za-z0-9:+/=]{1,80}");
    /** A time that can be written as a date. */
    private static final long LATEST = 1L << 36;

    private NodeMessages() {}

    static JsonObject encode(NodeMessage message) {
        var json = new JsonObject()
                .put("type", message.getClass().getSimpleName())
                .put("from", hex(message.from().bytes()));
        if (message instanceof Delta delta) {
            json.put("seq", delta.seq()).put("entries", entries(delta.entries()));
        } else if (message instanceof Digest digest) {
            json.put("seq", digest.seq())
                    .put("count", digest.count())
                    .put("hash", digest.hash())
                    .put("sessions", digest.condition().sessions())
                    .put("draining", digest.condition().draining())
                    .put("users", digest.condition().users())
                    .put("started", digest.condition().started());
        } else if (message instanceof Page page) {
            json.put("seq", page.seq())
                    .put("page", page.page())
                    .put("pages", page.pages())
                    .put("entries", entries(page.entries()));
        } else if (message instanceof Request request) {
            json.put("offer", offer(request.offer(), new JsonArray()));
            Token token = token(request);
            if (token != null) {
                json.put("token", hex(token.bytes()));
            }
        }
        return json;
    }

    private static @Nullable Token token(Request request) {
        if (request instanceof Take take) {
            return take.token();
        }
        return request instanceof Need need ? need.token() : null;
    }

    private static JsonArray offer(Offer offer, JsonArray out) {
        return out.add(offer.server().value())
                .add(offer.user().value())
                .add(hex(offer.instance().bytes()));
    }

    private static JsonArray entries(List<Entry> entries) {
        var all = new JsonArray();
        for (Entry entry : entries) {
            Claim claim = entry.claim();
            all.add(offer(entry.offer(), new JsonArray())
                    .add(claim == null ? null : claim.mode().name())
                    .add(claim == null ? 0 : claim.stamp())
                    .add(entry.spares())
                    .add(entry.tunnels()));
        }
        return all;
    }

    /** Empty when anything is wrong with it. */
    static Optional<NodeMessage> decode(JsonObject json) {
        try {
            return Optional.of(message(json));
        } catch (FormatException | RuntimeException e) { // a field that is missing, of another type or out of range
            return Optional.empty();
        }
    }

    private static NodeMessage message(JsonObject json) throws FormatException {
        NodeId from = new NodeId(bytes(json.getString("from")));
        String type = json.getString("type");
        return switch (type) {
            case "Delta" -> new Delta(from, atLeast(1, json.getLong("seq")), entries(from, json));
            case "Digest" ->
                new Digest(
                        from,
                        atLeast(0, json.getLong("seq")),
                        (int) atLeast(0, json.getInteger("count")),
                        json.getLong("hash"),
                        condition(json));
            case "Wanted" -> new Wanted(from);
            case "Page" -> page(from, json);
            case "Take" -> new Take(from, offer(json.getJsonArray("offer")), token(json));
            case "Need" -> new Need(from, offer(json.getJsonArray("offer")), token(json));
            case "Ping" -> new Ping(from, offer(json.getJsonArray("offer")));
            default -> throw new IllegalArgumentException("an unknown type");
        };
    }

    private static Fleet.Condition condition(JsonObject json) {
        String users = json.getString("users");
        if (!HASH.matcher(users).matches()) {
            throw new IllegalArgumentException("not a hash");
        }
        return new Fleet.Condition(
                (int) atLeast(0, json.getInteger("sessions")),
                json.getBoolean("draining"),
                users,
                Math.min(LATEST, atLeast(0, json.getLong("started"))));
    }

    private static Page page(NodeId from, JsonObject json) throws FormatException {
        int pages = json.getInteger("pages");
        int page = json.getInteger("page");
        if (page < 0 || page >= pages || pages > Copy.MOST_ENTRIES / MOST_ENTRIES) {
            throw new IllegalArgumentException("an impossible page");
        }
        return new Page(from, atLeast(0, json.getLong("seq")), page, pages, entries(from, json));
    }

    private static Token token(JsonObject json) {
        return new Token(bytes(json.getString("token")));
    }

    private static Offer offer(JsonArray json) throws FormatException {
        return new Offer(
                ServerId.of(json.getString(0)), UserName.of(json.getString(1)), new Instance(bytes(json.getString(2))));
    }

    private static List<Entry> entries(NodeId from, JsonObject json) throws FormatException {
        JsonArray all = json.getJsonArray("entries");
        if (all.size() > MOST_ENTRIES) {
            throw new IllegalArgumentException("too many entries");
        }
        var entries = new ArrayList<Entry>();
        for (int i = 0; i < all.size(); i++) {
            entries.add(entry(from, all.getJsonArray(i)));
        }
        return entries;
    }

    private static Entry entry(NodeId from, JsonArray json) throws FormatException {
        if (json.size() != ENTRY) {
            throw new IllegalArgumentException("an entry of another length");
        }
        Offer offer = offer(json);
        String mode = json.getString(3);
        Claim claim = mode == null ? null : new Claim(offer, from, Mode.valueOf(mode), atLeast(1, json.getLong(4)));
        return new Entry(offer, claim, (int) atLeast(0, json.getInteger(5)), (int) atLeast(0, json.getInteger(6)));
    }

    private static long atLeast(long least, long value) {
        if (value < least) {
            throw new IllegalArgumentException("a number that is too small");
        }
        return value;
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }
}
