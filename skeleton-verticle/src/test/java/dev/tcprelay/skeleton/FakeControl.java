package dev.tcprelay.skeleton;

import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.wire.ControlCodec;
import dev.tcprelay.protocol.wire.ControlMessage;
import dev.tcprelay.protocol.wire.ControlMessage.Confirm;
import dev.tcprelay.protocol.wire.ControlMessage.Register;
import dev.tcprelay.protocol.wire.ControlMessage.Registered;
import dev.tcprelay.protocol.wire.ControlMessage.Ticket;
import dev.tcprelay.protocol.wire.ControlMessage.Welcome;
import dev.tcprelay.protocol.wire.Layer;
import dev.tcprelay.protocol.wire.LoginResponder.Claim;
import dev.tcprelay.protocol.wire.SecureRecords;
import dev.tcprelay.protocol.wire.Sender;
import dev.tcprelay.protocol.wire.Status;
import java.io.IOException;
import java.net.Socket;

/** The relay's end of a control connection. */
record FakeControl(FakeRelay relay, Socket socket, Claim claim, SecureRecords records) {

    /** Reads CONFIRM, sends WELCOME and TICKET. */
    void welcome() throws Exception {
        next(Confirm.class);
        send(new Welcome(relay.node, 7000, relay.port(), 0, relay.announced));
        send(new Ticket(relay.ticket, relay.secret, 1800));
    }

    void send(ControlMessage message) throws IOException {
        Wires.write(socket, records.sealer().seal(ControlCodec.encode(message)));
    }

    /** The next message that is no PING, which must be of this type. */
    <T extends ControlMessage> T next(Class<T> type) throws Exception {
        while (true) {
            byte[] record = Wires.record(socket, Layer.CONTROL);
            byte[] plain = records.opener().open(record, 0, record.length);
            ControlMessage message = ControlCodec.decode(plain, Sender.SKELETON);
            if (!(message instanceof ControlMessage.Ping)) {
                return type.cast(message);
            }
        }
    }

    /** Answers the next REGISTER. */
    Register answer(Status status) throws Exception {
        Register register = next(Register.class);
        registered(register.id(), status);
        return register;
    }

    void registered(ServerId id, Status status) throws IOException {
        send(new Registered(id, status));
    }
}
