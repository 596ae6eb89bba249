package io.github.vdm4j.examples;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.mover.ThreadsDataMover;
import io.github.vdm4j.operation.Crc32c;
import io.github.vdm4j.operation.CrcOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** CRC-32C of a range, of two parts, during a copy, and of many pages without garbage. */
public final class Checksums {
    static Crc32c ofTwoParts(Vdm mover, MemorySegment header, MemorySegment body) {
        Crc32c first = mover.crc32c(header).await();
        return mover.crc32c(body, CrcOptions.continuing(first)).await(); // of header and body
    }

    static long copied(Vdm mover, MemorySegment destination, MemorySegment source) {
        // 0 to 0xFFFFFFFF, like java.util.zip.CRC32C
        return mover.copyCrc32c(destination, source).await().value();
    }

    static long sumOfPages(Vdm mover, MemorySegment[] pages) {
        VdmOperation crc = mover.newOperation(); // the only allocation
        long sum = 0;
        for (MemorySegment page : pages) {
            crc.crc32c(page, CrcOptions.STANDARD).start().busyPoll();
            crc.orThrow();
            sum += crc.value();
        }
        return sum;
    }

    /** Prints three checksums. */
    public static void main(String[] args) {
        try (Arena arena = Arena.ofShared(); Vdm mover = ThreadsDataMover.open()) {
            MemorySegment text = arena.allocateFrom("123456789").asSlice(0, 9);
            MemorySegment copy = arena.allocate(9);
            System.out.println(
                    // toString is hexadecimal
                    ofTwoParts(mover, text.asSlice(0, 4), text.asSlice(4))
                            + " %08x %08x".formatted(
                                    copied(mover, copy, text),
                                    sumOfPages(mover, new MemorySegment[]{copy})));
        }
    }
}
