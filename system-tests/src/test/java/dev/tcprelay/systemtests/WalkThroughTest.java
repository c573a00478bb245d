package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The README's "for real", with a relay, a skeleton and a client that share nothing but the network. */
class WalkThroughTest {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static Network network;

    @BeforeAll
    static void aRelayOnItsFirstStart() throws Exception {
        network = Network.relayOnly(STAGE);
    }

    @Test
    void fromNothingToAServerBehindASkeleton() throws Exception {
        network.login(network.skeleton(), "owner", network.firstPassword(), "--fingerprint", network.fingerprint())
                .succeeds();
        network.addUser("alice", "--connect", "web*,mail");
        network.login(network.client(), "alice").succeeds();

        Target echo = STAGE.keep(Target.echo());
        Target mail = STAGE.keep(Target.mail());
        network.expose("web", echo.address());
        network.expose("mail", mail.address());
        network.skeleton().run("psk", "new", "other").succeeds();
        network.serve("other", echo.address());

        assertEquals("mail\nweb", network.client().run("ls").succeeds().out(), "only what alice may connect to");
        String json = network.client().run("ls", "--json").succeeds().out();
        assertEquals(
                "mail,web",
                STAGE.run(Invocation.of("python3", "-c", JSON_IDS).input(json))
                        .succeeds()
                        .out(),
                json);

        int socks = Ports.free();
        int forward = Ports.free();
        network.clientWith("--socks", "" + socks, "--forward", forward + ":mail");
        try (Socket web = new SocksPort(socks).connect("web")) {
            web.getOutputStream().write("hello\n".getBytes(StandardCharsets.US_ASCII));
            assertEquals("hello\n", text(web.getInputStream(), 6));
        }
        try (Socket post = SocksPort.open(forward)) {
            assertEquals("220 mail", text(post.getInputStream(), 8));
        }
        Result stdio = network.client().runWithInput("through standard input", "stdio", "web");
        assertEquals("through standard input", stdio.succeeds().out());
    }

    /** From either form of ls --json that is an array of objects with an id. */
    private static final String JSON_IDS =
            "import json,sys; d=json.load(sys.stdin); l=d if isinstance(d,list) else d['servers'];"
                    + " print(','.join(s['id'] for s in l))";

    private static String text(InputStream in, int length) throws Exception {
        return new String(in.readNBytes(length), StandardCharsets.US_ASCII);
    }

    @Test
    void theKeyAndItsFingerprintAreWhatOpensslComputes() throws Exception {
        String line = "openssl pkey -in " + network.directory().resolve("relay.key")
                + " -pubout -outform DER | openssl dgst -sha256 -binary | openssl base64";
        assertEquals(
                network.fingerprint(),
                "SHA256:" + STAGE.run(Invocation.bash(line)).succeeds().out());
        Result served =
                STAGE.run(Invocation.of("curl", "-sSf", network.keyUrl())).succeeds();
        assertEquals(Files.readString(network.directory().resolve("relay.pem")).strip(), served.out());
    }

    @Test
    void theRelaysHostNeverSeesAPasswordThatTheUserTurnedIntoAKeyline() throws Exception {
        RelayCommand bob = RelayCommand.in(STAGE, "bob");
        Path password = network.secretFile("password-of-bob", Network.password("bob"));
        Path pem = STAGE.file("relay.pem");
        STAGE.run(Invocation.of("curl", "-sSf", "-o", pem.toString(), network.keyUrl()))
                .succeeds();
        String[] keygen = {
            "keygen", "--password", "--user", "bob", "--relay-pem", pem.toString(), "--password-file", "" + password
        };
        String keyline = bob.run(keygen).succeeds().out();
        network.user("bob", "add", "--connect", "*", "--public-key", keyline).succeeds();
        network.login(bob, "bob").succeeds();
        bob.run("ls").succeeds();
    }

    @Test
    void secretFilesAreNobodyElsesAndASecondStartMakesNothingNew() throws Exception {
        for (String name : new String[] {"relay.key", "users", "owner.password"}) {
            Path file = network.directory().resolve(name);
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)), name);
        }
        Path key = network.directory().resolve("relay.key");
        String before = Files.readString(key);
        assertEquals(0, network.node().terminate(20));
        Program again = network.startNode();
        again.awaitLine("^ready", 60);
        assertEquals(before, Files.readString(key));
        assertTrue(again.output().text().lines().noneMatch(line -> line.contains("password")), "said only once");
    }

    @Test
    void helpNamesEveryExitCodeAndAMistypedCommandIsUsage() throws Exception {
        String help = network.client().run("--help").succeeds().out();
        for (int code : new int[] {0, 1, 2, 3, 4, 5, 6}) {
            assertTrue(help.lines().anyMatch(line -> line.matches("\\s+" + code + "\\s+\\S.*")), "exit code " + code);
        }
        Result mistyped = network.client().run("clinet").exits(2);
        assertNotEquals("", mistyped.err());
    }
}
