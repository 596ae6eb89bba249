package io.github.vdm4j.examples;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.mover.SyncDataMover;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;

/** A loop that fills the slots of a ring. It prepares the same operation for each slot. */
public final class HotLoop {
    static void fillSlots(Vdm mover, MemorySegment[] slots, MemorySegment record) {
        VdmOperation operation = mover.newOperation().startWhenPrepared(); // the only allocation
        for (MemorySegment slot : slots) {
            operation.memcpy(slot, record, VdmFlags.NONE);
            while (operation.poll() != FutureState.COMPLETE) {
                Thread.onSpinWait();
            }
            operation.orThrow();
        }
    }

    /** Fills a thousand slots and prints the result. */
    public static void main(String[] args) {
        try (Arena arena = Arena.ofConfined(); Vdm mover = SyncDataMover.open()) {
            MemorySegment record = arena.allocate(64).fill((byte) 5);
            MemorySegment ring = arena.allocate(64_000);
            MemorySegment[] slots =
                    ring.elements(MemoryLayout.sequenceLayout(64, JAVA_BYTE))
                            .toArray(MemorySegment[]::new);
            fillSlots(mover, slots, record);
            System.out.println(slots.length + " slots, last byte " + ring.get(JAVA_BYTE, 63_999));
        }
    }
}
