package io.github.vdm4j.mover;

import java.lang.foreign.MemorySegment;

/** How the bytes are moved; {@link MemorySegment}'s own methods unless the user says otherwise. */
record MoveFunctions(CopyFunction memcpy, CopyFunction memmove, FillFunction memset) {
    static final MoveFunctions STANDARD =
            new MoveFunctions(
                    (destination, source, flags) -> destination.copyFrom(source),
                    (destination, source, flags) -> destination.copyFrom(source),
                    (destination, value, flags) -> destination.fill(value));
}
