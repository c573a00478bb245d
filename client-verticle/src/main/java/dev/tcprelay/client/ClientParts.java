package dev.tcprelay.client;

import dev.tcprelay.channel.OpenLegs;
import java.security.SecureRandom;

/** What a tunnel needs of its client. */
record ClientParts(
        OwnContext own,
        WarmLegs.Attacher attacher,
        RecentPsks psks,
        WarmLegs warmLegs,
        Outage outage,
        OpenLegs tunnels,
        Deadlines deadlines,
        SecureRandom random) {}
