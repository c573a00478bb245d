package dev.tcprelay.launcher;

import dev.tcprelay.channel.Dialler;
import dev.tcprelay.channel.RelayAddress;
import dev.tcprelay.channel.RelayException;
import dev.tcprelay.channel.RelayHome;
import dev.tcprelay.channel.RelayLogins;
import dev.tcprelay.channel.RelayLogins.Login;
import dev.tcprelay.launcher.Examination.Found;
import dev.tcprelay.launcher.Examination.Stand;
import dev.tcprelay.protocol.files.HostPort;
import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.wire.Role;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Steps of {@code relay doctor}: from the relay's name to its key. None of them ever downloads a key. */
final class RelayCheck {
    private final Dialler dialler;
    private final ClockCheck clock;

    RelayCheck(Vertx vertx, ClockCheck clock) {
        this.dialler = new Dialler(vertx);
        this.clock = clock;
    }

    /** Which login is meant; the parts are those of {@link RelayLogins#find}. */
    record Account(
            RelayHome home,
            @Nullable String relay,
            @Nullable UserName user,
            @Nullable Path keyFile,
            Role role) {}

    /** A login and where its relay is. */
    private record Located(Login login, List<InetAddress> addresses) {}

    /**
     * What a relay has shown before anybody logged in.
     *
     * @param key the pinned one that it has named; a failure if it named another
     */
    private record Greeting(Login login, Future<PublicKey> key) {}

    Stand<Login> steps(Examination examination, Account account) throws InterruptedException {
        Stand<RelayHome> home = examination.step("home", Examination.given(account.home), HomeCheck::directory);
        examination.aside("secrets", home, HomeCheck::secrets);
        Stand<Login> login = examination.step("login", home.and(Examination.given(account)), RelayCheck::login);
        Stand<Located> located = examination.step("name", login, RelayCheck::resolve);
        Stand<Login> connected = examination.step("connect", located, this::connect);
        examination.aside("clock", connected, clock::check);
        Stand<Greeting> greeting = examination.step("greeting", connected, this::greet);
        return examination.step("key", greeting, RelayCheck::key);
    }

    private static Found<Login> login(Account account) throws FileSystemException {
        Login login = RelayLogins.find(account.home, account.relay, account.user, account.keyFile, account.role);
        RelayAddress relay = login.address();
        return Found.ok(
                login.credentials().user() + " at " + relay.address() + ", pinned key "
                        + relay.key().fingerprint(),
                login);
    }

    private static Found<Located> resolve(Login login) throws CommandException {
        String host = login.address().address().host();
        try {
            List<InetAddress> addresses = Arrays.asList(InetAddress.getAllByName(host));
            String all = addresses.stream()
                    .map(InetAddress::getHostAddress)
                    .distinct()
                    .collect(Collectors.joining(", "));
            return Found.ok(
                    all.equals(host) ? host + " needs no resolving" : host + " is " + all,
                    new Located(login, addresses));
        } catch (UnknownHostException e) {
            throw new CommandException(
                    ExitCode.UNREACHABLE,
                    "the name " + host + " cannot be resolved. Check this machine's network and DNS; if the relay has"
                            + " another name now, run `relay login` with that.",
                    e);
        }
    }

    /** A connection to each of its addresses. */
    private Found<Login> connect(Located located) throws Exception {
        int port = located.login.address().address().port();
        List<String> open = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (InetAddress address : located.addresses) {
            var to = new HostPort(address.getHostAddress(), port);
            Waiting.until(dialler.connect(to)
                    .onSuccess(leg -> leg.run(leg::close))
                    .transform(connected -> {
                        if (connected.succeeded()) {
                            open.add(to.toString());
                        } else {
                            problems.add(to + ": " + connected.cause().getMessage());
                        }
                        return Future.succeededFuture();
                    }));
        }
        String refused = String.join("; ", problems);
        if (open.isEmpty()) {
            throw new CommandException(
                    ExitCode.UNREACHABLE,
                    "no connection (" + refused + "). Check that the relay runs, that this is its port, and that no"
                            + " firewall is in between.");
        }
        String answering = String.join(", ", open);
        return problems.isEmpty()
                ? Found.ok("something listens at " + answering, located.login)
                : Found.warn(
                        answering + " can be reached, but not all: " + refused
                                + ". Each connection tries the addresses in random order, so some take longer.",
                        located.login);
    }

    private Found<Greeting> greet(Login login) throws Exception {
        RelayAddress relay = login.address();
        Greeting greeting = Waiting.until(dialler.greet(relay)
                .onSuccess(greeted -> greeted.leg().run(greeted.leg()::abort))
                .map(greeted -> new Greeting(login, Future.succeededFuture(greeted.key())))
                .recover(e -> e instanceof RelayException known && known.kind() == RelayException.Kind.WRONG_KEY
                        ? Future.succeededFuture(new Greeting(login, Future.failedFuture(e)))
                        : Future.failedFuture(e)));
        String users = relay.role() == Role.CLIENT ? "clients" : "skeletons";
        return Found.ok("a tcprelay/1 relay, on its port for " + users, greeting);
    }

    private static Found<Login> key(Greeting greeting) throws Exception {
        PublicKey key = Waiting.until(greeting.key);
        boolean pinned = key.equals(greeting.login.address().key());
        return Found.ok(
                "the relay names " + (pinned ? "the pinned key " : "the key that it had announced, ")
                        + key.fingerprint(),
                greeting.login);
    }
}
