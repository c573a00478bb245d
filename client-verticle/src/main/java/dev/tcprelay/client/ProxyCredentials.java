package dev.tcprelay.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tcprelay.channel.SecretFiles;
import dev.tcprelay.client.ClientOptions.Socks;
import java.nio.file.FileSystemException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The name and password that the proxy port asks of local applications, for SOCKS5 (RFC 1929) and HTTP (Basic, RFC
 * 7617) alike. Comparing takes the same time wherever the first difference is.
 */
final class ProxyCredentials {
    private static final String BASIC = "Basic ";

    private final byte[] name;
    private final byte[] password;

    /**
     * Credentials as UTF-8.
     *
     * @throws IllegalArgumentException when a part has not 1 to 255 bytes, or the name contains a colon, which HTTP
     *     could not carry
     */
    ProxyCredentials(String name, String password) {
        this.name = name.getBytes(UTF_8);
        this.password = password.getBytes(UTF_8);
        if (!fits(this.name) || name.indexOf(':') >= 0) {
            throw new IllegalArgumentException("the proxy user name must have 1 to 255 bytes and no colon");
        }
        if (!fits(this.password)) {
            throw new IllegalArgumentException("the proxy password must have 1 to 255 bytes");
        }
    }

    /**
     * Those of the proxy port; null if it asks for none. Blocks.
     *
     * @throws FileSystemException if the password's file is missing, wrong or readable by others
     */
    static @Nullable ProxyCredentials read(@Nullable Socks socks) throws FileSystemException {
        if (socks == null || socks.user() == null || socks.passwordFile() == null) {
            return null;
        }
        String password = SecretFiles.read(socks.passwordFile());
        try {
            return new ProxyCredentials(
                    socks.user(), password.lines().findFirst().orElse(""));
        } catch (IllegalArgumentException e) {
            throw new FileSystemException(socks.passwordFile().toString(), null, e.getMessage());
        }
    }

    private static boolean fits(byte[] field) {
        return field.length >= 1 && field.length <= 255;
    }

    /** Whether these are the credentials; always compares both parts. */
    boolean matches(byte[] offeredName, byte[] offeredPassword) {
        boolean sameName = MessageDigest.isEqual(offeredName, name);
        boolean samePassword = MessageDigest.isEqual(offeredPassword, password);
        return sameName && samePassword;
    }

    /** Whether the value of a Proxy-Authorization field carries the credentials. */
    boolean matchesBasic(String field) {
        if (!field.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            return false;
        }
        byte[] pair;
        try {
            pair = Base64.getDecoder()
                    .decode(field.substring(BASIC.length()).trim().getBytes(ISO_8859_1));
        } catch (IllegalArgumentException e) {
            return false;
        }
        int colon = 0;
        while (colon < pair.length && pair[colon] != ':') {
            colon++;
        }
        return colon < pair.length
                && matches(Arrays.copyOf(pair, colon), Arrays.copyOfRange(pair, colon + 1, pair.length));
    }

    @Override
    public String toString() {
        return "ProxyCredentials[hidden]";
    }
}
