package dev.tcprelay.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class BusTrafficTest {
    @Test
    void bytesAndSegmentsOfAllConnectionsAreAdded() {
        var traffic = BusTraffic.parse("0 0 127.0.0.1:1 127.0.0.1:2 cubic bytes_sent:100 bytes_acked:101"
                + " bytes_received:50 segs_out:9 segs_in:8 data_segs_out:7 data_segs_in:5\n"
                + "0 0 127.0.0.1:2 127.0.0.1:1 cubic bytes_sent:50 data_segs_out:5\n");
        assertEquals(new BusTraffic(150, 12), traffic);
        assertEquals(new BusTraffic(50, 2), traffic.since(new BusTraffic(100, 10)));
    }
}
