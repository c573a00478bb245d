package dev.tcprelay.protocol.files;

/**
 * The text of relay.pem and of {@code GET /relay.pem}: a line {@code Realm: <32 hex>}, then the relay's public key as
 * one PEM block; at most 4 KiB. To be trusted only together with its fingerprint.
 */
public record RelayPem(Realm realm, PublicKey publicKey) {
    /** What a download reads at most, in bytes. */
    public static final int MAX_LENGTH = Pem.MAX_LENGTH;

    private static final String REALM = "Realm: ";
    private static final String LABEL = "PUBLIC KEY";

    public static RelayPem parse(String text) throws FormatException {
        Pem.checkLength(text);
        int end = text.indexOf('\n');
        if (end < 0 || !text.startsWith(REALM)) {
            throw new FormatException(
                    "relay.pem begins with a line 'Realm: ' and 32 hex digits; fetch it from the relay again");
        }
        String line = text.substring(REALM.length(), end > 0 && text.charAt(end - 1) == '\r' ? end - 1 : end);
        Realm realm = Realm.of(line);
        return new RelayPem(realm, PublicKey.ofSpki(Pem.decode(LABEL, text.substring(end + 1))));
    }

    /** The content of the file. */
    public String format() {
        return REALM + realm + "\n" + Pem.encode(LABEL, publicKey.spki());
    }

    public Fingerprint fingerprint() {
        return publicKey.fingerprint();
    }
}
