package io.github.vdm4j.jvm;

import io.github.vdm4j.CopyFunction;
import io.github.vdm4j.FillFunction;
import java.lang.foreign.MemorySegment;

/**
 * The functions that move bytes. The default functions are {@link MemorySegment}'s copy and the
 * kernel's fill.
 */
public record MoveFunctions(CopyFunction memcpy, CopyFunction memmove, FillFunction memset) {
    public static final MoveFunctions STANDARD =
            new MoveFunctions(
                    (destination, source, flags) -> destination.copyFrom(source),
                    (destination, source, flags) -> destination.copyFrom(source),
                    (destination, value, flags) -> PatternKernel.fill(destination, value));
}
