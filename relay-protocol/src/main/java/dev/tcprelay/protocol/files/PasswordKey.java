package dev.tcprelay.protocol.files;

import dev.tcprelay.protocol.noise.KeyPair;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.text.Normalizer;
import java.util.Arrays;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * The key of kind {@code argon2id-1}: a private key derived from a password with Argon2id (RFC 9106, the second
 * recommended option). The cost is fixed by the protocol version and never comes from a relay, which could weaken it
 * or exhaust memory.
 */
public final class PasswordKey {
    public static final int MIN_BYTES = 8;
    public static final int MAX_BYTES = 1024;

    /**
     * Bounds the work before the exact limit can be looked at: normalizing makes a text shorter by a factor of 3 at
     * most.
     */
    private static final int MAX_CHARS = 3 * MAX_BYTES;

    private static final int PASSES = 3;
    private static final int LANES = 4;
    private static final int MEMORY_KIB = 64 * 1024;
    private static final String DOMAIN = "tcprelay/1 password";

    private PasswordKey() {}

    /**
     * Takes 64 MiB of memory and a good part of a second of CPU, so never on an event loop. The password is the
     * caller's to erase; the copies made here are erased, but for the String that normalizing takes when the password
     * is not ASCII.
     *
     * @throws FormatException if the password has less than 8 or more than 1024 bytes in UTF-8 after normalizing to
     * NFC
     */
    public static KeyPair derive(char[] password, Realm realm, UserName user) throws FormatException {
        byte[] utf8 = utf8(password);
        byte[] key = new byte[PublicKey.SIZE];
        Argon2Parameters parameters = new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withIterations(PASSES)
                .withParallelism(LANES)
                .withMemoryAsKB(MEMORY_KIB)
                .withSalt(salt(realm, user))
                .build();
        try {
            Argon2BytesGenerator argon2 = new Argon2BytesGenerator();
            argon2.init(parameters);
            argon2.generateBytes(utf8, key);
            return KeyPair.of(key);
        } finally {
            parameters.clear();
            Arrays.fill(utf8, (byte) 0);
            Arrays.fill(key, (byte) 0);
        }
    }

    private static byte[] salt(Realm realm, UserName user) {
        MessageDigest sha256 = Digests.sha256();
        for (byte[] field : new byte[][] {
            DOMAIN.getBytes(StandardCharsets.US_ASCII),
            realm.bytes(),
            user.value().getBytes(StandardCharsets.US_ASCII)
        }) {
            sha256.update((byte) (field.length >>> 8));
            sha256.update((byte) field.length);
            sha256.update(field);
        }
        return sha256.digest();
    }

    private static byte[] utf8(char[] password) throws FormatException {
        if (password.length > MAX_CHARS) {
            throw length();
        }
        ByteBuffer encoded = ByteBuffer.allocate(0);
        try {
            encoded = StandardCharsets.UTF_8.newEncoder().encode(normalized(password));
            if (encoded.remaining() < MIN_BYTES || encoded.remaining() > MAX_BYTES) {
                throw length();
            }
            return Arrays.copyOf(encoded.array(), encoded.remaining());
        } catch (CharacterCodingException e) {
            throw new FormatException("the password has half a character (an unpaired surrogate); type it again");
        } finally {
            Arrays.fill(encoded.array(), (byte) 0);
        }
    }

    private static CharBuffer normalized(char[] password) {
        CharBuffer chars = CharBuffer.wrap(password);
        boolean ascii = chars.chars().allMatch(c -> c < 0x80);
        return ascii ? chars : CharBuffer.wrap(Normalizer.normalize(chars, Normalizer.Form.NFC));
    }

    private static FormatException length() {
        return new FormatException("a password has " + MIN_BYTES + " to " + MAX_BYTES + " bytes in UTF-8");
    }
}
