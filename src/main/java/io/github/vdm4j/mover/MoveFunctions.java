package io.github.vdm4j.mover;

import io.github.vdm4j.kernel.PatternKernel;
import java.lang.foreign.MemorySegment;

/**
 * How the bytes are moved; {@link MemorySegment}'s copy and the kernel's fill unless the user says
 * otherwise.
 */
record MoveFunctions(CopyFunction memcpy, CopyFunction memmove, FillFunction memset) {
    static final MoveFunctions STANDARD =
            new MoveFunctions(
                    (destination, source, flags) -> destination.copyFrom(source),
                    (destination, source, flags) -> destination.copyFrom(source),
                    (destination, value, flags) -> PatternKernel.fill(destination, value));
}
