package io.github.vdm4j.dsa;

import io.github.vdm4j.VdmFlags;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A program that copies through the first work queue in a JVM that denies native access. */
public final class CopyInDeniedJvm {
    private static final int COPIES = 100;
    private static final long BYTES = 100_000;

    private CopyInDeniedJvm() {}

    /** Prints the path of the copy and whether the bytes are equal. */
    public static void main(String... args) {
        try (var mover = DsaDataMover.builder().offloadFrom(0).fallback(false).open();
                Arena arena = Arena.ofShared()) {
            MemorySegment source = arena.allocate(BYTES).fill((byte) 7);
            MemorySegment destination = arena.allocate(BYTES);
            for (int i = 0; i < COPIES; i++) {
                source.fill((byte) i);
                if (i == COPIES / 2) {
                    // An interrupt closes a file channel in use.
                    Thread.currentThread().interrupt();
                }
                var copy = mover.memcpy(destination, source);
                copy.busyPoll();
                if (source.mismatch(destination) != -1) {
                    throw new AssertionError("copy " + i);
                }
            }
            var batch = mover.batch();
            for (int i = 0; i < 8; i++) {
                batch.memset(destination.asSlice(i * 64L, 64), (byte) i, VdmFlags.NONE);
            }
            batch.submit().busyPoll();
            System.out.printf("interrupted %s, last %d, lost %s%n", Thread.interrupted(),
                    destination.get(ValueLayout.JAVA_BYTE, 7 * 64),
                    mover.queues().getFirst().lost());
        }
    }
}
