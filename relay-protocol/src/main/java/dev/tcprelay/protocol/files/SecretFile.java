package dev.tcprelay.protocol.files;

import java.util.ArrayList;
import java.util.List;

/** Files of one or two secrets of 32 random bytes, a line each: a prefix that tells the kind, then base64. */
record SecretFile(String prefix, String kind, String hint) {
    static final int SIZE = 32;
    private static final int MAX_LENGTH = 4096;
    private static final int MAX_SECRETS = 2;

    List<byte[]> parse(String text) throws FormatException {
        List<byte[]> secrets = new ArrayList<>();
        for (LineFile.Line line : LineFile.parse(text, MAX_LENGTH).data()) {
            if (secrets.size() == MAX_SECRETS) {
                throw new FormatException(
                        line.number(), "a third " + kind + "; a file holds one, or two during a rotation");
            }
            try {
                secrets.add(parseLine(line.text().strip()));
            } catch (FormatException e) {
                throw e.at(line.number());
            }
        }
        if (secrets.isEmpty()) {
            throw new FormatException("the file holds no " + kind + "; " + hint);
        }
        return secrets;
    }

    private byte[] parseLine(String text) throws FormatException {
        if (!text.startsWith(prefix)) {
            throw new FormatException("a " + kind + " begins with " + prefix
                    + " and is 32 random bytes, never a passphrase," + " which could be guessed; " + hint);
        }
        try {
            return CanonicalBase64.decode("a " + kind, text.substring(prefix.length()), SIZE);
        } catch (FormatException e) {
            throw new FormatException(e.problem() + "; " + hint);
        }
    }
}
