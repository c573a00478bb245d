package dev.tcprelay.relay;

import dev.tcprelay.protocol.files.Glob;
import dev.tcprelay.protocol.files.ServerId;
import io.vertx.ext.auth.authorization.Authorization;
import io.vertx.ext.auth.authorization.AuthorizationContext;

/**
 * What a user may do with server ids, in the terms of Vert.x auth: a {@link Grant} is held by a user, a {@link Request}
 * is asked for. A grant implies every request of the same verb whose id its glob matches. (Vert.x' own wildcard
 * permissions know no prefix globs such as {@code web*}.)
 */
sealed interface ServerAuthorization extends Authorization {
    /** The two things that a user can do with a server. */
    enum Verb {
        CONNECT,
        SERVE
    }

    /** A glob of the users file. */
    record Grant(Verb verb, Glob glob) implements ServerAuthorization {
        @Override
        public boolean match(AuthorizationContext context) {
            return context.user().authorizations().verify(this);
        }

        @Override
        public boolean verify(Authorization asked) {
            return equals(asked)
                    || (asked instanceof Request request && request.verb == verb && glob.matches(request.server));
        }
    }

    /** One concrete thing that a user wants to do. */
    record Request(Verb verb, ServerId server) implements ServerAuthorization {
        @Override
        public boolean match(AuthorizationContext context) {
            return context.user().authorizations().verify(this);
        }

        @Override
        public boolean verify(Authorization asked) {
            return equals(asked);
        }
    }
}
