package dev.tcprelay.protocol.wire;

import dev.tcprelay.protocol.files.Fingerprint;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * The first 64 bytes of every connection, from the relay (docs/protocol.md section 3). Everything that follows is bound
 * to them, so that nothing recorded on one connection is of use on another. Immutable.
 */
public final class Hello {

    /** Bytes on the wire. */
    public static final int SIZE = Layout.HELLO;

    private final Role role;
    private final byte[] bytes;

    private Hello(Role role, byte[] bytes) {
        this.role = role;
        this.bytes = bytes;
    }

    /** The relay's HELLO on a new connection of this port. The nonce is fresh (rule M10). */
    public static Hello create(Role role, Fingerprint relayKey, SecureRandom random) {
        return greeting(role, relayKey.keyId(), random);
    }

    /** A node's HELLO on a new connection of its port for other nodes: it names no key (rule M56). */
    public static Hello ofNode(SecureRandom random) {
        return greeting(Role.PEER, new byte[Layout.KEY_ID], random);
    }

    private static Hello greeting(Role role, byte[] keyId, SecureRandom random) {
        byte[] bytes = head(role);
        System.arraycopy(keyId, 0, bytes, Layout.HELLO_KEY_ID_AT, Layout.KEY_ID);
        byte[] nonce = Opaque.random(random, Layout.NONCE);
        System.arraycopy(nonce, 0, bytes, Layout.HELLO_NONCE_AT, Layout.NONCE);
        return new Hello(role, bytes);
    }

    /**
     * The peer's side: checks all but the key id, for which there is {@link #isOf}, so that a person can be told
     * "another key" from "not a relay" (rule M8). Of a node's HELLO, which names no key, it checks that too.
     *
     * @throws ProtocolException unless it is tcprelay/1's and for this role; its text is fit for a person
     */
    public static Hello decode(byte[] bytes, Role expected) throws ProtocolException {
        if (bytes.length != SIZE) {
            throw new ProtocolException("not a tcprelay/1 relay");
        }
        byte[] wanted = head(expected);
        if (!Arrays.equals(bytes, 0, Layout.HELLO_VERSION_AT, wanted, 0, Layout.HELLO_VERSION_AT)) {
            throw new ProtocolException("not a tcprelay/1 relay");
        }
        if (Fields.u16(bytes, Layout.HELLO_VERSION_AT) != Layout.VERSION) {
            throw new ProtocolException("a relay of another protocol version");
        }
        if (bytes[Layout.HELLO_ROLE_AT] != expected.code()) {
            throw new ProtocolException("not the relay's port for " + expected.plural());
        }
        if (!Arrays.equals(bytes, 0, Layout.HELLO_KEY_ID_AT, wanted, 0, Layout.HELLO_KEY_ID_AT)) {
            throw new ProtocolException("not a tcprelay/1 relay");
        }
        Hello hello = new Hello(expected, bytes.clone());
        if (expected == Role.PEER) {
            Fields.requireZeros(bytes, Layout.HELLO_KEY_ID_AT, Layout.HELLO_NONCE_AT);
        }
        return hello;
    }

    private static byte[] head(Role role) {
        byte[] bytes = Arrays.copyOf(Fields.ascii(Layout.HELLO_MAGIC), SIZE);
        Fields.putU16(bytes, Layout.HELLO_VERSION_AT, Layout.VERSION);
        bytes[Layout.HELLO_ROLE_AT] = role.code();
        return bytes;
    }

    /** The 64 bytes, a new array. */
    public byte[] encode() {
        return bytes.clone();
    }

    public Role role() {
        return role;
    }

    /** Whether it names this key. If it names none that the peer has pinned, the peer closes and has sent nothing. */
    public boolean isOf(Fingerprint key) {
        return MessageDigest.isEqual(keyId(), key.keyId());
    }

    /** The first 16 bytes of the fingerprint of the relay's key, a new array. */
    public byte[] keyId() {
        return Arrays.copyOfRange(bytes, Layout.HELLO_KEY_ID_AT, Layout.HELLO_KEY_ID_AT + Layout.KEY_ID);
    }

    byte[] nonce() {
        return Arrays.copyOfRange(bytes, Layout.HELLO_NONCE_AT, Layout.HELLO);
    }
}
