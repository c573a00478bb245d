package dev.tcprelay.protocol.files;

/** The public key by which a user is known, and where its private key comes from: {@code KIND:BASE64}. */
public record UserKey(Kind kind, PublicKey publicKey) {
    /** The origin of the private key. */
    public enum Kind {
        /** Derived from a password, see {@link PasswordKey}. */
        PASSWORD("argon2id-1"),
        /** Random, kept in a key file. */
        X25519("x25519");

        private final String label;

        Kind(String label) {
            this.label = label;
        }
    }

    public static UserKey parse(String text) throws FormatException {
        int colon = text.indexOf(':');
        String label = colon < 0 ? "" : text.substring(0, colon);
        for (Kind kind : Kind.values()) {
            if (kind.label.equals(label)) {
                return new UserKey(kind, PublicKey.parse(text.substring(colon + 1)));
            }
        }
        throw new FormatException("a key begins with argon2id-1: or x25519:, then the base64 of the public key");
    }

    /** What {@link #parse} reads. */
    @Override
    public String toString() {
        return kind.label + ":" + publicKey;
    }
}
