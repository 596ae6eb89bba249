package io.github.vdm4j.jvm;

import io.github.vdm4j.memory.MemoryRegions;
import io.github.vdm4j.operation.Crc32c;
import io.github.vdm4j.operation.CrcOptions;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.zip.CRC32C;

/**
 * The kernel of CRC-32C with a seed and DML's two bypasses, alone or during a copy.
 *
 * <p>Only one thread at a time may use an instance, because it keeps its buffers between calls.
 */
public final class Crc32cKernel {
    /** The bytes of a piece of a copy. Both ranges fit into a core's first two caches. */
    private static final int COPIED_PIECE = 1 << 17;

    /** The largest power of two that fits a byte buffer. It is a multiple of every alignment. */
    private static final int BUFFERED_PIECE = 1 << 30;

    private static final int SCRATCH = 1 << 14;

    /**
     * The bytes below which a copy is faster than a byte buffer. The JIT does not always remove the
     * buffer's allocation, and the allocation takes 400 ns.
     */
    private static final int SMALL = 1 << 16;

    /** The register of the JDK's CRC before the first byte. */
    private static final int JDK_INITIAL = -1;

    private static final int POLYNOMIAL = 0x82f63b78;

    private final CRC32C crc = new CRC32C();
    private final byte[] scratch = new byte[SCRATCH];
    private final MemorySegment scratchSegment = MemorySegment.ofArray(scratch);

    public int crc(MemorySegment source, CrcOptions options) {
        begin(options);
        add(source, 0, source.byteSize(), options.bypassDataReflection());
        return end(options);
    }

    /**
     * Copies a segment to a disjoint segment of its size, and returns the CRC of the copied bytes.
     */
    public int copy(MemorySegment destination, MemorySegment source, CrcOptions options) {
        begin(options);
        long size = source.byteSize();
        for (long done = 0; done < size; done += COPIED_PIECE) {
            long piece = Math.min(COPIED_PIECE, size - done);
            MemorySegment.copy(source, done, destination, done, piece);
            add(source, done, piece, options.bypassDataReflection());
        }
        return end(options);
    }

    /**
     * Returns the CRC of two adjacent ranges, computed from their CRCs. The CRC of the second range
     * has the seed 0.
     */
    public static int combine(int first, int second, long secondLength, CrcOptions options) {
        boolean reversed = options.bypassReflection();
        var one = new Crc32c(reversed ? Integer.reverse(first) : first);
        var other = new Crc32c(reversed ? Integer.reverse(second) : second);
        int both = Crc32c.combine(one, other, secondLength).bits();
        return reversed ? Integer.reverse(both) : both;
    }

    /** Begins a CRC. The JDK's CRC takes no seed, but four bytes set its register to any value. */
    private void begin(CrcOptions options) {
        crc.reset();
        int register =
                options.bypassReflection() ? Integer.reverse(options.seed()) : ~options.seed();
        if (register != JDK_INITIAL) {
            int prefix = beforeFourZeroBytes(register) ^ JDK_INITIAL;
            for (int i = 0; i < Integer.BYTES; i++) {
                scratch[i] = (byte) (prefix >>> (Byte.SIZE * i));
            }
            crc.update(scratch, 0, Integer.BYTES);
        }
    }

    /** Returns the register from which four zero bytes lead to the given register. */
    private static int beforeFourZeroBytes(int register) {
        int before = register;
        for (int bit = 0; bit < Integer.SIZE; bit++) {
            // Bit 31 is the coefficient of x to the power of 0.
            before = before << 1 ^ (before < 0 ? POLYNOMIAL << 1 | 1 : 0);
        }
        return before;
    }

    private int end(CrcOptions options) {
        int value = (int) crc.getValue();
        return options.bypassReflection() ? Integer.reverse(~value) : value;
    }

    private void add(MemorySegment source, long from, long length, boolean highestBitFirst) {
        if (highestBitFirst) {
            addCopied(source, from, length, true);
        } else if (source.isNative()) {
            // The JDK's CRC crashes the process at a missing page of a file. A copy throws an
            // exception instead.
            if (length < SMALL || MemoryRegions.mayLackPages(source)) {
                addCopied(source, from, length, false);
            } else {
                addBuffered(source, from, length);
            }
        } else if (source.heapBase().orElse(null) instanceof byte[] array) {
            crc.update(array, (int) (source.address() + from), (int) length);
        } else {
            addCopied(source, from, length, false);
        }
    }

    private void addBuffered(MemorySegment source, long from, long length) {
        for (long done = 0; done < length; done += BUFFERED_PIECE) {
            long piece = Math.min(BUFFERED_PIECE, length - done);
            crc.update(source.asSlice(from + done, piece).asByteBuffer());
        }
    }

    private void addCopied(MemorySegment source, long from, long length, boolean reversed) {
        for (long done = 0; done < length; done += SCRATCH) {
            int piece = (int) Math.min(SCRATCH, length - done);
            MemorySegment.copy(source, from + done, scratchSegment, 0, piece);
            if (reversed) {
                reverseBytes(piece);
            }
            crc.update(scratch, 0, piece);
        }
    }

    /** Reverses the bits of each byte, because the JDK processes the lowest bit first. */
    private void reverseBytes(int piece) {
        for (int i = 0; i < piece; i += Long.BYTES) {
            long bytes = scratchSegment.get(ValueLayout.JAVA_LONG_UNALIGNED, i);
            scratchSegment.set(
                    ValueLayout.JAVA_LONG_UNALIGNED, i, Long.reverseBytes(Long.reverse(bytes)));
        }
    }
}
