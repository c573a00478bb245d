package dev.tcprelay.relay;

import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.files.User;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.files.Users;
import dev.tcprelay.protocol.noise.KeyPair;
import dev.tcprelay.relay.ServerAuthorization.Grant;
import dev.tcprelay.relay.ServerAuthorization.Request;
import dev.tcprelay.relay.ServerAuthorization.Verb;
import io.vertx.core.Future;
import io.vertx.ext.auth.authentication.AuthenticationProvider;
import io.vertx.ext.auth.authentication.Credentials;
import io.vertx.ext.auth.authorization.Authorization;
import io.vertx.ext.auth.authorization.AuthorizationProvider;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The users of a node and what they may do, on Vert.x auth: the credential is a proven public key, the grants are
 * authorizations. The table is replaced as a whole when the users file changes; checks see the newest. Thread-safe.
 */
final class Accounts implements AuthenticationProvider, AuthorizationProvider {
    private final PublicKey nobody = PublicKey.of(KeyPair.generate(new SecureRandom()));
    private volatile Table table = Table.of(Users.empty());

    /** A users file and its users in Vert.x' terms. */
    private record Table(Users users, Map<String, io.vertx.ext.auth.User> principals) {
        static Table of(Users users) {
            var principals = new HashMap<String, io.vertx.ext.auth.User>();
            for (User user : users.all()) {
                var principal = io.vertx.ext.auth.User.fromName(user.name().value());
                principal.authorizations().put(Accounts.class.getName(), authorizations(user));
                principals.put(user.name().value(), principal);
            }
            return new Table(users, Map.copyOf(principals));
        }

        private static Set<Authorization> authorizations(User user) {
            var all = new HashSet<Authorization>();
            user.grants().connect().forEach(glob -> all.add(new Grant(Verb.CONNECT, glob)));
            user.grants().serve().forEach(glob -> all.add(new Grant(Verb.SERVE, glob)));
            return all;
        }
    }

    void replace(Users users) {
        table = Table.of(users);
    }

    /** The digest of the table, to be compared between nodes. */
    String hash() {
        return table.users.hash();
    }

    /** Users, disabled ones among them. */
    int size() {
        return table.users.all().size();
    }

    /** The user's line as it is now; empty when there is none or it is disabled. */
    Optional<User> active(UserName name) {
        return table.users.find(name).filter(user -> !user.disabled());
    }

    /** Whether the user may now do this to that server. */
    boolean may(UserName name, Verb verb, ServerId server) {
        var principal = active(name).map(user -> table.principals.get(name.value()));
        return principal.isPresent() && new Request(verb, server).match(principal.get());
    }

    /**
     * Succeeds when the key is that user's and the user is not disabled. An unknown user costs the same comparison,
     * with a key that nobody has (docs/protocol.md, M11 and M13).
     */
    @Override
    public Future<io.vertx.ext.auth.User> authenticate(Credentials credentials) {
        if (!(credentials instanceof ProvenKey proven)) {
            return Future.failedFuture("these accounts know proven keys only");
        }
        Table now = table;
        Optional<User> user = now.users.find(proven.name());
        PublicKey key = user.map(found -> found.key().publicKey()).orElse(nobody);
        boolean same = key.equals(proven.key());
        if (same && user.isPresent() && !user.get().disabled()) {
            return Future.succeededFuture(now.principals.get(proven.name().value()));
        }
        return Future.failedFuture("no such user with that key");
    }

    /** Why {@link #authenticate} refused the user, for the relay's own log only. */
    String objection(UserName name) {
        return table.users
                .find(name)
                .map(user -> user.disabled() ? "disabled" : "another key")
                .orElse("no such user");
    }

    @Override
    public String getId() {
        return Accounts.class.getName();
    }

    /** Puts the grants that the user has now into Vert.x' user. */
    @Override
    public Future<Void> getAuthorizations(io.vertx.ext.auth.User principal) {
        Set<Authorization> grants = new HashSet<>();
        var known = table.principals.get(principal.subject());
        if (known != null) {
            known.authorizations().forEach(getId(), grants::add);
        }
        principal.authorizations().put(getId(), grants);
        return Future.succeededFuture();
    }
}
