package dev.tcprelay.systemtests;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * What goes wrong in one direction of a {@link FaultProxy}'s connections. Bytes are counted from 0, for each connection
 * and direction; {@code at} is the first one that is concerned, and a fault that is set when that has passed strikes at
 * the next byte.
 */
sealed interface Fault {
    /** Bytes have come. */
    void bytes(ByteBuffer bytes, FaultyWay way) throws IOException;

    /** The FIN has come. */
    default void end(FaultyWay way) throws IOException {
        way.end();
    }

    /** The RST has come. */
    default void reset(FaultyWay way) {
        way.reset();
    }

    /** Nothing goes wrong. */
    record None() implements Fault {
        @Override
        public void bytes(ByteBuffer bytes, FaultyWay way) throws IOException {
            way.write(bytes);
        }
    }

    /** Everything comes later. */
    record Delay(Duration time) implements Fault {
        @Override
        public void bytes(ByteBuffer bytes, FaultyWay way) throws IOException {
            way.strikes();
            way.rest(time);
            way.write(bytes);
        }

        @Override
        public void end(FaultyWay way) throws IOException {
            way.rest(time);
            way.end();
        }
    }

    /** Bytes from {@code at} to {@code until} come one by one. */
    record Slices(long at, long until) implements Fault {
        @Override
        public void bytes(ByteBuffer bytes, FaultyWay way) throws IOException {
            if (way.reaches(at, bytes) && way.strikes()) {
                while (bytes.hasRemaining() && way.passed() < until) {
                    ByteBuffer one = bytes.slice(bytes.position(), 1);
                    bytes.get();
                    way.write(one);
                }
            }
            way.write(bytes);
        }
    }

    /** Nothing passes any more, neither bytes nor ends, until the fault is lifted; then all of it. */
    record Hole(long at) implements Fault {
        @Override
        public void bytes(ByteBuffer bytes, FaultyWay way) throws IOException {
            if (way.reaches(at, bytes) && way.strikes()) {
                way.hold();
            }
            way.write(bytes);
        }

        @Override
        public void end(FaultyWay way) throws IOException {
            holdBehind(way);
            way.end();
        }

        @Override
        public void reset(FaultyWay way) {
            holdBehind(way);
            way.reset();
        }

        private void holdBehind(FaultyWay way) {
            if (way.passed() >= at && way.strikes()) {
                way.hold();
            }
        }
    }

    /** A FIN in place of the byte {@code at}; what follows is swallowed. */
    record Cut(long at) implements Fault {
        @Override
        public void bytes(ByteBuffer bytes, FaultyWay way) throws IOException {
            if (way.reaches(at, bytes) && way.strikes()) {
                way.end();
            } else {
                way.write(bytes);
            }
        }
    }

    /** An RST to both ends in place of the byte {@code at}, behind all bytes before it. */
    record Reset(long at) implements Fault {
        @Override
        public void bytes(ByteBuffer bytes, FaultyWay way) throws IOException {
            if (way.reaches(at, bytes) && way.strikes()) {
                way.resetBoth();
            } else {
                way.write(bytes);
            }
        }
    }

    /** One bit of the byte {@code at} is another. */
    record Flip(long at) implements Fault {
        @Override
        public void bytes(ByteBuffer bytes, FaultyWay way) throws IOException {
            if (way.reaches(at, bytes) && way.strikesFirst()) {
                int first = bytes.position();
                bytes.put(first, (byte) (bytes.get(first) ^ 4));
            }
            way.write(bytes);
        }
    }

    /** The FIN comes later than the bytes before it. */
    record LateEnd(Duration time) implements Fault {
        @Override
        public void bytes(ByteBuffer bytes, FaultyWay way) throws IOException {
            way.write(bytes);
        }

        @Override
        public void end(FaultyWay way) throws IOException {
            way.strikes();
            way.rest(time);
            way.end();
        }
    }
}
