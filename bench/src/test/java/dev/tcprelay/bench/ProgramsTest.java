package dev.tcprelay.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProgramsTest {
    @Test
    void theVersionIsTheLineThatHasOneAndNotATime() throws Exception {
        String text = "Build Timestamp: 2026-11-22T22:20:06.074\\nBuild Version: 0.5.0\\n";
        assertEquals("Build Version: 0.5.0", Programs.version(List.of("printf", text)));
        assertEquals("OpenSSH_9.2p1 x", Programs.version(List.of("printf", "OpenSSH_9.2p1 x")));
        assertEquals("bore-cli 0.6.0", Programs.version(List.of("printf", "bore-cli 0.6.0")));
        assertEquals("unknown", Programs.version(List.of("printf", "usage")));
        assertEquals("", Programs.version(List.of()));
    }

    @Test
    void aProgramIsLookedForOnThePath() {
        assertTrue(Programs.isThere("sh"));
        assertFalse(Programs.isThere("no-such-program-of-anybody"));
    }
}
