package dev.tcprelay.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * SOCKS5 (RFC 1928) with CONNECT to a domain name only, and name and password (RFC 1929) when the port asks for them.
 * Addresses are refused: the port reaches server ids, and an application that resolved the name itself has asked DNS
 * about a name that is nobody's business.
 */
final class Socks5 implements ProxyDialect {
    /** The first byte of the greeting, the request and the reply. */
    static final byte VERSION = 5;

    /** Bytes of the whole negotiation: methods, credentials and request. */
    static final int LIMIT = 1024;

    private static final byte METHOD_NONE = 0;
    private static final byte METHOD_PASSWORD = 2;
    private static final byte METHOD_NOT_ACCEPTABLE = (byte) 0xFF;
    private static final byte PASSWORD_VERSION = 1;
    private static final byte COMMAND_CONNECT = 1;
    private static final byte ADDRESS_IPV4 = 1;
    private static final byte ADDRESS_DOMAIN = 3;
    private static final byte ADDRESS_IPV6 = 4;
    private static final int LONGEST_MESSAGE = 3 + 255 + 255;

    /** The message that is being read. */
    private enum Phase {
        METHODS,
        PASSWORD,
        REQUEST
    }

    private final @Nullable ProxyCredentials credentials;
    private final byte[] message = new byte[LONGEST_MESSAGE];
    private Phase phase = Phase.METHODS;
    private int length;
    private int total;

    Socks5(@Nullable ProxyCredentials credentials) {
        this.credentials = credentials;
    }

    @Override
    public ProxyStep accept(byte value) {
        if (total == LIMIT) {
            // Only a request can get here: the longest methods and password together stay below the limit.
            return refuse(ProxyFailure.OTHER, "the SOCKS negotiation is longer than " + LIMIT + " bytes");
        }
        total++;
        message[length++] = value;
        return switch (phase) {
            case METHODS -> methods();
            case PASSWORD -> password();
            case REQUEST -> request();
        };
    }

    @Override
    public byte[] success() {
        return reply((byte) 0);
    }

    @Override
    public byte[] failure(ProxyFailure failure) {
        return failure.socksReply();
    }

    /** VER REP RSV ATYP BND.ADDR BND.PORT, with the address 0.0.0.0:0, since no address of the far side is known. */
    static byte[] reply(byte code) {
        return new byte[] {VERSION, code, 0, ADDRESS_IPV4, 0, 0, 0, 0, 0, 0};
    }

    /** VER NMETHODS METHODS. The version was seen before this dialect was chosen. */
    private ProxyStep methods() {
        if (length < 2 || length < 2 + unsigned(1)) {
            return ProxyStep.More.SILENT;
        }
        byte wanted = credentials == null ? METHOD_NONE : METHOD_PASSWORD;
        for (int i = 2; i < length; i++) {
            if (message[i] == wanted) {
                return next(credentials == null ? Phase.REQUEST : Phase.PASSWORD, VERSION, wanted);
            }
        }
        return new ProxyStep.Fail(
                new byte[] {VERSION, METHOD_NOT_ACCEPTABLE}, "no acceptable SOCKS authentication method");
    }

    /** VER ULEN UNAME PLEN PASSWD. */
    private ProxyStep password() {
        if (message[0] != PASSWORD_VERSION) {
            return wrongPassword("not version 1 of SOCKS user name and password");
        }
        if (length < 2 || length < 3 + unsigned(1)) {
            return ProxyStep.More.SILENT;
        }
        int nameEnd = 2 + unsigned(1);
        int end = nameEnd + 1 + unsigned(nameEnd);
        if (length < end) {
            return ProxyStep.More.SILENT;
        }
        byte[] name = Arrays.copyOfRange(message, 2, nameEnd);
        byte[] secret = Arrays.copyOfRange(message, nameEnd + 1, end);
        if (credentials == null || !credentials.matches(name, secret)) {
            return wrongPassword("wrong SOCKS user name or password");
        }
        return next(Phase.REQUEST, PASSWORD_VERSION, (byte) 0);
    }

    private static ProxyStep wrongPassword(String cause) {
        return new ProxyStep.Fail(new byte[] {PASSWORD_VERSION, 1}, cause);
    }

    /** VER CMD RSV ATYP DST.ADDR DST.PORT. A refusal waits for the whole request where its length is known. */
    private ProxyStep request() {
        if (message[0] != VERSION) {
            return refuse(ProxyFailure.OTHER, "not a request of SOCKS version 5");
        }
        if (length < 4 || (message[3] == ADDRESS_DOMAIN && length < 5)) {
            return ProxyStep.More.SILENT;
        }
        int end = switch (message[3]) {
            case ADDRESS_IPV4 -> 4 + 4 + 2;
            case ADDRESS_IPV6 -> 4 + 16 + 2;
            case ADDRESS_DOMAIN -> 5 + unsigned(4) + 2;
            default -> 4;
        };
        return length < end ? ProxyStep.More.SILENT : decide(end);
    }

    private ProxyStep decide(int end) {
        if (message[1] != COMMAND_CONNECT) {
            return refuse(ProxyFailure.COMMAND, "a SOCKS command other than CONNECT");
        }
        if (message[2] != 0) {
            return refuse(ProxyFailure.OTHER, "the reserved byte of the SOCKS request is not zero");
        }
        if (message[3] != ADDRESS_DOMAIN) {
            return refuse(ProxyFailure.ADDRESS_TYPE, "a SOCKS address that is not a name");
        }
        String host = new String(message, 5, unsigned(4), ISO_8859_1);
        int port = unsigned(end - 2) << 8 | unsigned(end - 1);
        if (host.isEmpty() || port == 0) {
            return refuse(ProxyFailure.OTHER, "an empty name or port 0 in the SOCKS request");
        }
        return new ProxyStep.Connect(ProxyStep.NOTHING, host, port, ProxyStep.NOTHING);
    }

    private static ProxyStep refuse(ProxyFailure failure, String cause) {
        return new ProxyStep.Fail(failure.socksReply(), cause);
    }

    private ProxyStep next(Phase nextPhase, byte... reply) {
        phase = nextPhase;
        length = 0;
        return new ProxyStep.More(reply);
    }

    private int unsigned(int offset) {
        return Byte.toUnsignedInt(message[offset]);
    }
}
