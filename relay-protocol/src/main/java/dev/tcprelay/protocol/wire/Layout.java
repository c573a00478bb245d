package dev.tcprelay.protocol.wire;

/** Every offset, size and type byte of the wire, in the order of docs/protocol.md. All sizes are in bytes. */
final class Layout {

    // Section 1, notation.
    static final int U16 = 2;
    static final int NAME = 64;
    static final int NAME65 = 1 + NAME;

    // Section 2, primitives.
    static final int KEY = 32;
    static final int TAG = 16;
    static final String LOGIN_PROTOCOL = "Noise_IK_25519_AESGCM_SHA256";
    static final String END_TO_END_PROTOCOL = "Noise_NNpsk0_25519_AESGCM_SHA256";
    static final String END_TO_END_LABEL = "tcprelay/1 e2e";

    // Section 2, records.
    static final int LENGTH = U16;
    static final int TYPE = 1;
    static final int RECORD_TYPE_AT = LENGTH;
    static final int RECORD_BODY_AT = LENGTH + TYPE;
    static final int RECORD_OVERHEAD = LENGTH + TYPE + TAG;
    static final int RECORD_SMALLEST = TYPE + TAG;
    static final int REKEY_INTERVAL = 65_536;
    static final int CONTROL_LARGEST = 16_384;
    static final int LEG_LARGEST = 512;
    static final int TUNNEL_LARGEST = 65_535;

    // Section 3, HELLO.
    static final int HELLO = 64;
    static final String HELLO_MAGIC = "TCPRLY";
    static final int HELLO_VERSION_AT = 6;
    static final int VERSION = 1;
    static final int HELLO_ROLE_AT = 8;
    static final int HELLO_ZEROS_AT = 9;
    static final int HELLO_KEY_ID_AT = 16;
    static final int KEY_ID = 16;
    static final int HELLO_NONCE_AT = 32;
    static final int NONCE = 32;

    // Section 4, LOGIN.
    static final int FRAME_HEAD = 3;
    static final byte LOGIN = 0x01;
    static final int LOGIN_PAYLOAD = 128;
    static final int LOGIN_REQUEST = KEY + KEY + TAG + LOGIN_PAYLOAD + TAG;
    static final byte LOGIN_PAYLOAD_VERSION = 1;
    static final int LOGIN_NAME_AT = 1;
    static final int LOGIN_ZEROS_AT = LOGIN_NAME_AT + NAME65;
    static final int SESSION_ID = 16;
    static final int LOGIN_ANSWER = KEY + SESSION_ID + TAG;
    static final byte REFUSED = (byte) 0xff;
    static final byte REFUSED_REASON = 0x01;
    static final int REFUSAL = 2;
    static final int INSTANCE = 16;

    // Section 5, control connection.
    static final int CONFIRM = 0x01;
    static final int WELCOME = 0x02;
    static final int TICKET = 0x03;
    static final int PING = 0x04;
    static final int PONG = 0x05;
    static final int GOAWAY = 0x06;
    static final int BYE = 0x07;
    static final int ERROR = 0x08;
    static final int LIST = 0x10;
    static final int SERVERS = 0x11;
    static final int REGISTER = 0x20;
    static final int REGISTERED = 0x21;
    static final int UNREGISTER = 0x22;
    static final int NEED = 0x23;
    static final int SERVERS_PAGE = 12 * 1024;
    static final int SERVERS_FRAME = "{'servers':[],'more':false}".length();
    static final int SERVERS_ENTRY = "{'id':'','skeletons':},".length();
    static final int NODE_ID = 16;
    static final int TOKEN = 16;

    // Section 6, tickets and ATTACH.
    static final String ATTACH_LABEL = "tcprelay/1 attach";
    static final byte ATTACH = 0x02;
    static final int TICKET_LARGEST = 255;
    static final int TICKET_SECRET = 32;
    static final int CLIENT_NONCE = 32;
    static final int ATTACH_PAYLOAD = 128;
    static final int ATTACH_SEALED = ATTACH_PAYLOAD + TAG;
    static final int ATTACH_FIXED = U16 + CLIENT_NONCE + ATTACH_SEALED;
    static final int ATTACH_LARGEST = ATTACH_FIXED + TICKET_LARGEST;
    static final int ATTACH_SERVER_AT = 1;
    static final int ATTACH_NODE_AT = ATTACH_SERVER_AT + NAME65;
    static final int ATTACH_TOKEN_AT = ATTACH_NODE_AT + NODE_ID;
    static final int ATTACH_ZEROS_AT = ATTACH_TOKEN_AT + TOKEN;

    // Section 6, inside a ticket.
    static final String TICKET_LABEL = "tcprelay/1 ticket";
    static final int HOUR = 4;
    static final int HOUR_SECONDS = 3_600;
    static final int SKEW_SECONDS = 60;
    static final int TICKET_NONCE = 12;
    static final int CLAIMS_NAME_AT = 1;
    static final int CLAIMS_SECRET_AT = CLAIMS_NAME_AT + NAME65;
    static final int CLAIMS_NOT_AFTER_AT = CLAIMS_SECRET_AT + TICKET_SECRET;
    static final int CLAIMS_GENERATION_AT = CLAIMS_NOT_AFTER_AT + Long.BYTES;
    static final int GENERATION = 8;
    static final int CLAIMS_INSTANCE_AT = CLAIMS_GENERATION_AT + GENERATION;
    static final int CLAIMS = CLAIMS_INSTANCE_AT + INSTANCE;
    static final int SEALED_TICKET = HOUR + TICKET_NONCE + CLAIMS + TAG;

    // Sections 6 to 8, records of a leg.
    static final int LEG_OK = 0x01;
    static final int LEG_OPEN = 0x02;
    static final int LEG_OPENED = 0x03;
    static final int LEG_UNAVAILABLE = 0x04;
    static final int LEG_START = 0x05;
    static final int FLAG_AHEAD = 0x01;
    static final int TUNNEL_ID = 8;
    static final int OPEN_BODY = 1 + NAME65 + 62;
    static final int UNAVAILABLE_BODY = 8;
    static final int START_BODY = 1 + TUNNEL_ID;

    // Section 9, end to end.
    static final int MESSAGE_1 = KEY + TAG;
    static final int TARGET = 272;
    static final int MESSAGE_2 = KEY + TARGET + TAG;
    static final int TARGET_PORT_AT = 1;
    static final int TARGET_HOST_AT = 3;
    static final int HOST_LARGEST = TARGET - TARGET_HOST_AT - U16;
    static final int DATA = 0x01;
    static final int EOF = 0x02;
    static final int RESULT = 0x03;
    static final int CLOSE = 0x04;

    // Section 11, limits.
    static final int BEFORE_AUTHENTICATION = 512;

    // Section 13, across nodes.
    static final String PEER_LABEL = "tcprelay/1 peer";
    static final int PEER_DIALLER_AT = U16;
    static final int PEER_INTENDED_AT = PEER_DIALLER_AT + NODE_ID + U16;
    static final int PEER_TICKET = PEER_INTENDED_AT + NODE_ID;
    static final int LEG_CARRY = 0x06;
    static final int CARRY_BODY = TOKEN + NAME65;

    private Layout() {}
}
