package dev.tcprelay.systemtests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * An exim that keeps all mail for mail.example in one Maildir. It gives up being root, so its files are below /tmp,
 * where its own user can reach them wherever the checkout is.
 *
 * @param port of 127.0.0.1
 * @param place its configuration, spool, logs and mailbox; removed at the end
 */
record Exim(int port, Path place) implements AutoCloseable {
    private static final List<String> DIRECTORIES = List.of("spool", "log", "mail");

    /** Returns when it accepts connections. */
    static Exim start(Stage stage) throws Exception {
        Packages.require("/usr/sbin/exim4");
        Exim exim = stage.keep(new Exim(Ports.free(), Files.createTempDirectory(Path.of("/tmp"), "relay-exim-")));
        boolean root = "root".equals(System.getProperty("user.name"));
        String user = root ? "Debian-exim" : System.getProperty("user.name");
        String group = root ? "Debian-exim" : groupOf(exim.place);
        Path config = Files.writeString(exim.place.resolve("exim.conf"), exim.configuration(user, group));
        Program program = stage.start(Invocation.of(
                "/usr/sbin/exim4", "-C", exim.ownedBy(user, config).toString(), "-bdf", "-oX", "" + exim.port));
        Ports.awaitOpen(exim.port, program);
        return exim;
    }

    /** Makes the directories; they, and the way to them, belong to that user, and the configuration to ours. */
    private Path ownedBy(String user, Path config) throws IOException {
        UserPrincipal owner =
                place.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user);
        for (String name : DIRECTORIES) {
            Files.setOwner(Files.createDirectory(place.resolve(name)), owner);
        }
        Files.setOwner(place, owner);
        return config;
    }

    private static String groupOf(Path file) throws IOException {
        return Files.readAttributes(file, PosixFileAttributes.class).group().getName();
    }

    private String configuration(String user, String group) {
        return """
                primary_hostname = mail.example
                exim_user = %1$s
                exim_group = %2$s
                deliver_drop_privilege
                exim_path = /usr/sbin/exim4
                spool_directory = %3$s/spool
                log_file_path = %3$s/log/%%s
                pid_file_path = %3$s/spool/pid
                local_interfaces = 127.0.0.1
                tls_advertise_hosts =
                keep_environment =
                smtp_accept_queue_per_connection = 0
                acl_smtp_rcpt = recipient
                acl_smtp_data = content
                begin acl
                recipient:
                  accept domains = mail.example
                  deny message = only for mail.example
                content:
                  accept
                begin routers
                mailbox:
                  driver = accept
                  transport = maildir
                begin transports
                maildir:
                  driver = appendfile
                  directory = %3$s/mail
                  maildir_format
                """.formatted(user, group, place);
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    /** The first mail with this subject, as it lies in the mailbox; fails the test if none comes within 30 s. */
    String delivered(String subject) throws Exception {
        Eventually.within(30, "a mail '" + subject + "' in " + mailbox(), () -> find(subject) != null);
        return find(subject);
    }

    private String find(String subject) throws IOException {
        for (Path mail : mails()) {
            String text = Files.readString(mail);
            if (text.contains("\nSubject: " + subject + "\n")) {
                return text;
            }
        }
        return null;
    }

    private Path mailbox() {
        return place.resolve("mail").resolve("new");
    }

    private List<Path> mails() throws IOException {
        if (!Files.exists(mailbox())) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(mailbox())) {
            return files.toList();
        }
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> files = Files.walk(place)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
