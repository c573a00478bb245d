package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** git clones a repository behind a skeleton and pushes to it, over each of the protocols that it speaks. */
class GitTest {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static final int BIG = 20 << 20;
    private static final int FILES = 300;
    private static final Map<String, String> ENVIRONMENT = Map.of(
            "GIT_CONFIG_GLOBAL", "/dev/null",
            "GIT_CONFIG_NOSYSTEM", "1",
            "GIT_TERMINAL_PROMPT", "0",
            "GIT_AUTHOR_NAME", "carol",
            "GIT_AUTHOR_EMAIL", "carol@example.org",
            "GIT_COMMITTER_NAME", "carol",
            "GIT_COMMITTER_EMAIL", "carol@example.org");

    private static Network network;
    private static Path served;

    @BeforeAll
    static void aRepository() throws Exception {
        network = Network.shared();
        served = STAGE.directory("served").resolve("project.git");
        git("init", "--quiet", "--bare", "--initial-branch=main", served.toString());
        git("-C", served.toString(), "config", "http.receivepack", "true");
        Path first = STAGE.file("first");
        git("clone", "--quiet", served.toString(), first.toString());
        Files.write(first.resolve("big"), Content.bytes(BIG));
        for (int i = 0; i < FILES; i++) {
            Files.writeString(first.resolve("file-" + i), "file " + i);
        }
        commit(first, "first");
        git("-C", first.toString(), "push", "--quiet", "origin", "HEAD:main");
    }

    @Test
    void overSsh() throws Exception {
        Sshd sshd = Sshd.start(STAGE);
        network.expose("ssh-git", sshd.address());
        Path config = sshd.clientConfig(network.client(), "ssh-git");
        clonesAndPushes("over-ssh", "core.sshCommand=ssh -F " + config, "ssh-git:" + served);
    }

    @Test
    void overHttpThroughSocks() throws Exception {
        network.expose("http-git", "127.0.0.1:" + lighttpd());
        SocksPort socks = network.socks();
        String proxy = "http.proxy=socks5h://127.0.0.1:" + socks.port();
        clonesAndPushes("over-http", proxy, "http://http-git/project.git");
    }

    /** A web server that hands every request to git's own program for that. */
    private static int lighttpd() throws Exception {
        int port = Ports.free();
        Path config = Files.writeString(STAGE.file("lighttpd.conf"), """
                server.modules = ("mod_setenv", "mod_alias", "mod_cgi")
                server.bind = "127.0.0.1"
                server.port = %1$d
                server.document-root = "%2$s"
                server.upload-dirs = ("%2$s")
                setenv.set-environment = ("GIT_PROJECT_ROOT" => "%2$s", "GIT_HTTP_EXPORT_ALL" => "1")
                alias.url = ("/" => "/usr/lib/git-core/git-http-backend/")
                cgi.assign = ("" => "")
                """.formatted(port, served.getParent()));
        Program lighttpd = STAGE.start(Invocation.of("/usr/sbin/lighttpd", "-D", "-f", config.toString()));
        Ports.awaitOpen(port, lighttpd);
        return port;
    }

    @Test
    void overItsOwnProtocolWithStdioAsItsProxy() throws Exception {
        int port = Ports.free();
        String base = served.getParent().toString();
        Program daemon = STAGE.start(Invocation.of("git", "daemon", "--export-all", "--base-path=" + base)
                .and("--reuseaddr", "--enable=receive-pack", "--listen=127.0.0.1", "--port=" + port, base));
        Ports.awaitOpen(port, daemon);
        network.expose("git", "127.0.0.1:" + port);
        // git runs it with a host and a port, and takes no arguments of its own.
        Path proxy = Files.writeString(
                STAGE.file("git-proxy"), "#!/bin/sh\nexec " + network.client().shellWords("stdio \"$1\"") + "\n");
        Files.setPosixFilePermissions(proxy, PosixFilePermissions.fromString("rwx------"));
        clonesAndPushes("over-git", "core.gitProxy=" + proxy, "git://git/project.git");
    }

    private static void clonesAndPushes(String name, String setting, String url) throws Exception {
        String clone = STAGE.file(name).toString();
        git("-c", setting, "clone", "--quiet", url, clone);
        git("-C", clone, "fsck", "--full", "--strict");
        assertEquals(revision(served, "main"), revision(Path.of(clone), "HEAD"));
        assertEquals("", git("-C", clone, "status", "--porcelain"));
        Files.write(Path.of(clone, "answer"), Content.bytes(BIG / 2));
        commit(Path.of(clone), "answer " + name);
        git("-C", clone, "-c", setting, "push", "--quiet", "origin", "HEAD:" + name);
        assertEquals(revision(Path.of(clone), "HEAD"), revision(served, name));
        git("-C", served.toString(), "fsck", "--full", "--strict");
    }

    private static void commit(Path clone, String message) throws Exception {
        git("-C", clone.toString(), "add", ".");
        git("-C", clone.toString(), "commit", "--quiet", "-m", message);
    }

    private static String revision(Path repository, String name) throws Exception {
        return git("-C", repository.toString(), "rev-parse", "--verify", name);
    }

    private static String git(String... arguments) throws Exception {
        return STAGE.run(Invocation.of("git").and(arguments).with(ENVIRONMENT))
                .succeeds()
                .out();
    }
}
