package dev.tcprelay.systemtests;

import dev.tcprelay.systemtests.FaultRule.Traffic;

/** Where on a {@link Lane} something goes wrong. */
enum Place {
    APPLICATION(false, Traffic.ANY),
    CLIENT_CONTROL(true, Traffic.CONTROL),
    CLIENT_LEG(true, Traffic.LEG),
    SKELETON_CONTROL(true, Traffic.CONTROL),
    SKELETON_LEG(true, Traffic.LEG),
    TARGET(false, Traffic.ANY);

    private final boolean sealed;
    private final Traffic traffic;

    Place(boolean sealed, Traffic traffic) {
        this.sealed = sealed;
        this.traffic = traffic;
    }

    /** Whether the protocol protects what passes there; elsewhere it is TCP as it is. */
    boolean isSealed() {
        return sealed;
    }

    Traffic traffic() {
        return traffic;
    }

    /** The tunnel's direction that a direction of this link carries: skeletons connect to the relay. */
    Direction ofTunnel(Direction direction) {
        boolean against = this == SKELETON_CONTROL || this == SKELETON_LEG;
        return against ? direction.other() : direction;
    }

    FaultProxy of(Lane lane) {
        return switch (this) {
            case APPLICATION -> lane.application();
            case CLIENT_CONTROL, CLIENT_LEG -> lane.clientLink();
            case SKELETON_CONTROL, SKELETON_LEG -> lane.skeletonLink();
            case TARGET -> lane.targetLink();
        };
    }
}
