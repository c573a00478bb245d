package dev.tcprelay.protocol.files;

import java.util.List;

/** One PEM block and nothing else (RFC 7468, strict), of a text of at most 4 KiB. */
final class Pem {
    static final int MAX_LENGTH = 4096;
    private static final int LINE_LENGTH = 64;

    private Pem() {}

    static String encode(String label, byte[] der) {
        String base64 = CanonicalBase64.encode(der);
        StringBuilder pem = new StringBuilder("-----BEGIN " + label + "-----\n");
        for (int i = 0; i < base64.length(); i += LINE_LENGTH) {
            pem.append(base64, i, Math.min(base64.length(), i + LINE_LENGTH)).append('\n');
        }
        return pem.append("-----END ").append(label).append("-----\n").toString();
    }

    static byte[] decode(String label, String text) throws FormatException {
        checkLength(text);
        List<String> lines = List.of(text.replace("\r\n", "\n").stripTrailing().split("\n", -1));
        if (!lines.get(0).equals("-----BEGIN " + label + "-----")) {
            throw new FormatException(wrongStart(label, lines.get(0)));
        }
        int end = lines.indexOf("-----END " + label + "-----");
        if (end < 0) {
            throw new FormatException(
                    "the line -----END " + label + "----- is missing; the file is cut short or damaged");
        }
        if (end != lines.size() - 1) {
            throw new FormatException("something follows the PEM block; the file holds one key and nothing else");
        }
        List<String> body = lines.subList(1, end);
        if (body.stream().anyMatch(line -> line.isEmpty() || line.length() > LINE_LENGTH)) {
            throw new FormatException(
                    "the PEM block has an empty line or one of more than " + LINE_LENGTH + " characters");
        }
        return CanonicalBase64.decode("the PEM block", String.join("", body));
    }

    static void checkLength(String text) throws FormatException {
        if (text.length() > MAX_LENGTH) {
            throw new FormatException("the file is too large for one key: at most " + MAX_LENGTH + " characters");
        }
    }

    private static String wrongStart(String label, String line) {
        if (line.equals("-----BEGIN ENCRYPTED PRIVATE KEY-----")) {
            return "the key is encrypted with a passphrase; decrypt it with: openssl pkey -in FILE -out NEWFILE";
        }
        if (line.equals("-----BEGIN PRIVATE KEY-----")) {
            return "this is a private key; a public key is expected here";
        }
        if (line.equals("-----BEGIN PUBLIC KEY-----")) {
            return "this is a public key; a private key is expected here";
        }
        return "the line -----BEGIN " + label + "----- is expected first";
    }
}
