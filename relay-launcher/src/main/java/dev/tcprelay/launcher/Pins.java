package dev.tcprelay.launcher;

import dev.tcprelay.channel.RelayHome;
import dev.tcprelay.channel.SecretFiles;
import dev.tcprelay.protocol.files.Fingerprint;
import dev.tcprelay.protocol.files.FormatException;
import dev.tcprelay.protocol.files.HostPort;
import dev.tcprelay.protocol.files.KnownRelay;
import dev.tcprelay.protocol.files.KnownRelays;
import dev.tcprelay.protocol.files.RelayKey;
import dev.tcprelay.protocol.files.RelayPem;
import dev.tcprelay.protocol.files.SavedLogin;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.noise.KeyPair;
import dev.tcprelay.protocol.wire.ControlMessage.Welcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The relays whose keys are pinned, and the logins that were made there. */
record Pins(Surroundings surroundings) {

    /**
     * Decides whether this key is that relay's: by the fingerprint that was given, by the pin that is there, or by
     * the person at the terminal. Changes nothing.
     *
     * @throws CommandException when it is not, or nobody can say
     */
    void trust(HostPort relay, RelayPem pem, @Nullable Fingerprint given) throws IOException, CommandException {
        Fingerprint shown = pem.fingerprint();
        if (given != null) {
            if (!given.equals(shown)) {
                throw new CommandException(
                        ExitCode.UNTRUSTED,
                        "the key has the fingerprint " + shown + ", not " + given
                                + ". Nothing was pinned. Somebody may be in"
                                + " between, or the fingerprint is another relay's: ask the relay's operator.");
            }
            return;
        }
        Optional<KnownRelay> pinned = read().findByClients(relay);
        if (pinned.isPresent()) {
            if (!pinned.get().key().equals(pem.publicKey())) {
                throw new CommandException(
                        ExitCode.UNTRUSTED,
                        "the key has the fingerprint " + shown + ", but "
                                + pinned.get().fingerprint() + " is pinned for " + relay
                                + ". If the relay has a new key, log in with its --fingerprint, told by the operator.");
            }
            return;
        }
        ask(relay, shown);
    }

    private void ask(HostPort relay, Fingerprint shown) throws CommandException {
        Terminal terminal = surroundings.terminal();
        if (terminal == null) {
            throw new CommandException(
                    ExitCode.UNTRUSTED,
                    "no key is pinned for " + relay + ", and there is no terminal to ask whether this one is right. Use"
                            + " --fingerprint with what the relay's operator tells you.");
        }
        String typed = terminal.readLine(
                "The relay at " + relay + " has the key " + shown + "\nIs that what its operator told you? [yes/no] ");
        if (!"yes".equals(typed)) {
            throw new CommandException(ExitCode.UNTRUSTED, "not confirmed. Nothing was pinned.");
        }
    }

    /** Remembers a relay that has accepted a login, and that login as the default one. */
    void keep(HostPort address, RelayPem pem, Welcome welcome, UserName user, KeyPair key)
            throws IOException, FormatException {
        RelayHome home = surroundings.home();
        KnownRelay relay = new KnownRelay(
                name(address),
                address,
                new HostPort(address.host(), welcome.skeletonPort()),
                pem.realm(),
                pem.publicKey(),
                pem.publicKey().equals(welcome.nextKey()) ? null : welcome.nextKey());
        Path keyFile = home.keys().resolve(relay.name() + "." + user + ".pem");
        SecretFiles.replace(keyFile, RelayKey.format(key));
        edit(home.knownRelays(), text -> KnownRelays.put(text, relay));
        var login = new SavedLogin(
                relay.name(), user, home.directory().relativize(keyFile).toString());
        edit(home.logins(), text -> SavedLogin.put(text, login));
    }

    /** The name of the line: the one that the address has already, or one made of it. */
    private String name(HostPort address) throws IOException {
        Optional<KnownRelay> known = read().findByClients(address);
        if (known.isPresent()) {
            return known.get().name();
        }
        String made = address.toString()
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9._]+", "-")
                .replaceAll("^[-._]+", "");
        return made.substring(0, Math.min(made.length(), 64));
    }

    private KnownRelays read() throws IOException {
        Path file = surroundings.home().knownRelays();
        try {
            return KnownRelays.parse(Files.exists(file) ? SecretFiles.readPublic(file) : "");
        } catch (FormatException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    private static void edit(Path file, UsersFile.Edit edit) throws IOException {
        SecretFiles.locked(file, () -> {
            try {
                String text = edit.apply(Files.exists(file) ? SecretFiles.readPublic(file) : "");
                SecretFiles.replace(file, text);
                return text;
            } catch (FormatException e) {
                throw new IOException(file + ": " + e.getMessage(), e);
            }
        });
    }
}
