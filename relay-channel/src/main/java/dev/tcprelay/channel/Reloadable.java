package dev.tcprelay.channel;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/**
 * A verticle that takes a changed config while it runs. Whoever deployed it, as {@code relay run} does from a file,
 * hands the new config to it.
 */
public interface Reloadable {
    /**
     * Puts the config in the place of the one before, and ends nothing that is under way. Called on the verticle's
     * context, after its start has succeeded, and not again before the future has completed.
     *
     * <p>Fails, and has changed nothing then, with a {@link SettingsException} when the config is wrong or changes what
     * cannot change while the verticle runs (see {@link #FIXED}), and with a {@link java.nio.file.FileSystemException}
     * when a file that it names is. A change to what the config before said is no error: nothing happens.
     */
    Future<?> reload(JsonObject config);

    /** What to say of a key with another value than before that cannot change: {@code settings.reject(key, FIXED)}. */
    String FIXED = "this cannot change while it runs; start it anew, or put the old value back";
}
