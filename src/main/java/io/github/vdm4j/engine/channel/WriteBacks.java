package io.github.vdm4j.engine.channel;

import io.github.vdm4j.Operation;
import io.github.vdm4j.memory.Durability;
import io.github.vdm4j.memory.Forces;
import io.github.vdm4j.memory.WriteBackKind;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** The write-backs that make the destinations of an operation durable. */
final class WriteBacks {
    private Operation<?> operation;
    private Durability durability;

    /** The write-back of each destination, or null for none. */
    private WriteBackKind first;

    private WriteBackKind second;

    /** Whether the slot writes back the cache lines that the processor has written. */
    private boolean linesBySlot;

    /** The number of destinations that {@link #nextLines} has examined. */
    private int examined;

    void begin(Operation<?> what, Durability engines, Slot slot) {
        operation = what;
        durability = engines;
        examined = 0;
        first = null;
        second = null;
        linesBySlot = false;
        if (what.isDurable() && what.destination().byteSize() > 0) { // A force needs a byte.
            first = engines.kindOf(what.destination());
            MemorySegment other = what.secondDestination();
            second = other == null ? null : engines.kindOf(other);
            linesBySlot = slot.writesLines(engines);
        }
    }

    void clear() {
        operation = null;
    }

    void describe(Slot slot) {
        slot.part()
                .begin(operation, first == null ? 0 : slot.channel().durableFlags(),
                        second != null);
    }

    boolean canFlush(Slot slot) {
        return isOfLines() && (slot.onDevice() || linesBySlot);
    }

    boolean isOfLines() {
        return first == WriteBackKind.CACHE_LINES;
    }

    /** Returns the next destination with lines for the slot to write back, or null. */
    MemorySegment nextLines(boolean byProcessor) {
        while (linesBySlot && byProcessor && examined < 2) {
            if ((examined++ == 0 ? first : second) == WriteBackKind.CACHE_LINES) {
                return examined == 1 ? operation.destination() : operation.secondDestination();
            }
        }
        return null;
    }

    /**
     * Writes back the cache lines that the processor has written and the slot does not write back.
     *
     * @throws IOException if the storage reports an error
     */
    void writeLines(boolean byProcessor) throws IOException {
        if (byProcessor && !linesBySlot) {
            durability.writeBackLines(operation.destination(), first);
            durability.writeBackLines(operation.secondDestination(), second);
        }
    }

    /** Adds the forces of pages. The forces of earlier tasks and the result are null if empty. */
    Forces addForces(Forces earlier) {
        Forces forces = durability.addForce(earlier, operation, operation.destination(), first);
        return durability.addForce(forces, operation, operation.secondDestination(), second);
    }
}
