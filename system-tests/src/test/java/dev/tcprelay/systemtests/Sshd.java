package dev.tcprelay.systemtests;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * An sshd with keys of its own.
 *
 * @param port of 127.0.0.1
 * @param place its configuration and all keys
 */
record Sshd(int port, Path place) {
    /** Returns when it listens. */
    static Sshd start(Stage stage) throws Exception {
        Packages.require("/usr/sbin/sshd");
        Sshd sshd = new Sshd(Ports.free(), stage.directory("sshd"));
        sshd.keygen(stage, "host_key");
        sshd.keygen(stage, "user_key");
        Files.copy(sshd.place.resolve("user_key.pub"), sshd.place.resolve("authorized_keys"));
        Path config = Files.writeString(sshd.place.resolve("sshd_config"), """
                ListenAddress 127.0.0.1:%1$d
                HostKey %2$s/host_key
                AuthorizedKeysFile %2$s/authorized_keys
                PidFile none
                StrictModes no
                UsePAM no
                PermitRootLogin prohibit-password
                PasswordAuthentication no
                Subsystem sftp internal-sftp
                """.formatted(sshd.port, sshd.place));
        if ("root".equals(System.getProperty("user.name"))) {
            // Where sshd confines itself before a login; a distribution makes it when it starts its own.
            Files.createDirectories(Path.of("/run/sshd"));
        }
        Program program = stage.start(Invocation.of("/usr/sbin/sshd", "-D", "-e", "-f", config.toString()));
        program.awaitLog("Server listening on 127.0.0.1 port " + sshd.port, 20);
        return sshd;
    }

    private void keygen(Stage stage, String name) throws Exception {
        String file = place.resolve(name).toString();
        stage.run(Invocation.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file))
                .succeeds();
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    /** A configuration for ssh and its friends: the host of that name is reached by {@code relay stdio}. */
    Path clientConfig(RelayCommand client, String host) throws Exception {
        Path knownHosts = Files.writeString(
                place.resolve("known_hosts"), host + " " + Files.readString(place.resolve("host_key.pub")));
        return Files.writeString(place.resolve("ssh_config"), """
                Host %1$s
                  ProxyCommand %2$s
                  User %3$s
                  IdentityFile %4$s/user_key
                  IdentitiesOnly yes
                  UserKnownHostsFile %5$s
                  StrictHostKeyChecking yes
                  BatchMode yes
                """.formatted(
                        host, client.shellWords("stdio " + host), System.getProperty("user.name"), place, knownHosts));
    }
}
