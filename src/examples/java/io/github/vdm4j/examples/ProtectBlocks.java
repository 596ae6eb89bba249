package io.github.vdm4j.examples;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.mover.ThreadsDataMover;
import io.github.vdm4j.operation.DifBlockSize;
import io.github.vdm4j.operation.DifConfig;
import io.github.vdm4j.operation.DifResult;
import io.github.vdm4j.operation.DifTags;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Protects outgoing blocks of a volume and checks incoming blocks. */
public final class ProtectBlocks {
    /** Protection of blocks of 512 bytes. The reference tag is the block's number on the volume. */
    static DifConfig config(int firstBlock, int volume) {
        DifTags tags = new DifTags(firstBlock, volume, 0);
        return DifConfig.of(DifBlockSize.BYTES_512).withSource(tags).withDestination(tags);
    }

    static void out(Vdm mover, MemorySegment wire, MemorySegment blocks,
            DifConfig config) {
        mover.difInsert(wire, blocks, config, VdmFlags.NONE).await(); // 520 bytes for each 512
    }

    static DifResult in(Vdm mover, MemorySegment blocks, MemorySegment wire,
            DifConfig config) {
        // difCheck copies nothing
        return mover.difStrip(blocks, wire, config, VdmFlags.NONE).await();
    }

    static DifResult moveTo(
            Vdm mover, MemorySegment newWire, MemorySegment wire, DifConfig old,
            DifTags now) {
        return mover.difUpdate(newWire, wire, old.withDestination(now), VdmFlags.NONE).await();
    }

    /** Sends two blocks, moves them, damages a block, and prints the results of the checks. */
    public static void main(String[] args) {
        try (Arena arena = Arena.ofShared(); Vdm mover = ThreadsDataMover.open()) {
            MemorySegment blocks = arena.allocate(1_024).fill((byte) 7);
            MemorySegment wire = arena.allocate(1_040);
            MemorySegment back = arena.allocate(1_024);
            MemorySegment moved = arena.allocate(1_040);
            out(mover, wire, blocks, config(100, 3));
            boolean well =
                    moveTo(mover, moved, wire, config(100, 3), new DifTags(200, 4, 0)).isOk();
            moved.set(JAVA_BYTE, 525, (byte) 8); // this byte is in the second block
            DifResult found = in(mover, back, moved, config(200, 4));
            System.out.println(
                    "%b, then %s at %d".formatted(well, found.errors(), found.blockOffset()));
        }
    }
}
