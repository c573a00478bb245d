package dev.tcprelay.relay;

import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.files.UserName;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.authentication.Credentials;

/**
 * What a login has proven: that the peer holds the private key of this public key. Whether that is the named user's key
 * is for the {@link Accounts} to say.
 */
record ProvenKey(UserName name, PublicKey key) implements Credentials {
    @Override
    public JsonObject toJson() {
        return new JsonObject().put("name", name.value()).put("key", key.toString());
    }
}
