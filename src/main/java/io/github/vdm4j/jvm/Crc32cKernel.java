package io.github.vdm4j.jvm;

import io.github.vdm4j.memory.MemoryRegions;
import io.github.vdm4j.operation.Crc32c;
import io.github.vdm4j.operation.CrcOptions;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.zip.CRC32C;

/**
 * The kernel of CRC-32C with a seed and with DML's two bypasses, alone or during a copy.
 *
 * <p>An instance keeps state between calls, and one thread at a time may use it. Each worker has
 * its own.
 */
public final class Crc32cKernel {
    /**
     * The size of a piece of a copy. Source and destination of a piece fit into the first two
     * caches of a core.
     */
    private static final int COPIED_PIECE = 1 << 17;

    /** The largest size of a byte buffer that is a multiple of every alignment. */
    private static final int BUFFERED_PIECE = 1 << 30;

    private static final int SCRATCH = 1 << 14;

    /**
     * The size below which a copy costs less than a byte buffer. The JIT does not always remove the
     * buffer's allocation, which costs some 400 ns (measured).
     */
    private static final int SMALL = 1 << 16;

    /** The register of the JDK's CRC before the first byte. */
    private static final int JDK_BEGINNING = -1;

    private final CRC32C crc = new CRC32C();
    private final byte[] scratch = new byte[SCRATCH];
    private final MemorySegment scratchSegment = MemorySegment.ofArray(scratch);

    /** Creates a kernel for one worker. */
    public Crc32cKernel() {}

    /**
     * Returns the CRC of a segment.
     *
     * @param source what to read, of any kind, alignment and length
     * @param options the seed, and what is reflected
     * @return the CRC
     */
    public int crc(MemorySegment source, CrcOptions options) {
        begin(options);
        add(source, 0, source.byteSize(), options.bypassDataReflection());
        return end(options);
    }

    /**
     * Copies a segment and returns the CRC of its bytes.
     *
     * @param destination what to write, of the size of the source and disjoint from it
     * @param source what to read
     * @param options the seed, and what is reflected
     * @return the CRC
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
     * Returns the CRC of two consecutive ranges, from the CRC of each.
     *
     * @param first the CRC of the first, with any seed
     * @param second the CRC of the second, with the seed 0
     * @param secondLength the length of the second in bytes
     * @param options the bypasses of both
     * @return the CRC of both, with the seed of the first
     */
    public static int combine(int first, int second, long secondLength, CrcOptions options) {
        boolean reversed = options.bypassReflection();
        var one = new Crc32c(reversed ? Integer.reverse(first) : first);
        var other = new Crc32c(reversed ? Integer.reverse(second) : second);
        int both = Crc32c.combine(one, other, secondLength).bits();
        return reversed ? Integer.reverse(both) : both;
    }

    /** Sets the seed. The JDK's CRC has no seed, but four bytes bring its register to any value. */
    private void begin(CrcOptions options) {
        crc.reset();
        int register =
                options.bypassReflection() ? Integer.reverse(options.seed()) : ~options.seed();
        if (register != JDK_BEGINNING) {
            int prefix = Crc32cPolynomial.beforeFourZeroBytes(register) ^ JDK_BEGINNING;
            for (int i = 0; i < Integer.BYTES; i++) {
                scratch[i] = (byte) (prefix >>> (Byte.SIZE * i));
            }
            crc.update(scratch, 0, Integer.BYTES);
        }
    }

    private int end(CrcOptions options) {
        int value = (int) crc.getValue();
        return options.bypassReflection() ? Integer.reverse(~value) : value;
    }

    private void add(MemorySegment source, long from, long length, boolean highestBitFirst) {
        if (highestBitFirst) {
            addReversed(source, from, length);
        } else if (source.isNative()) {
            // The JDK's CRC ends the process at a missing page, and a copy throws.
            if (length < SMALL || MemoryRegions.mayLackPages(source)) {
                addCopied(source, from, length);
            } else {
                addBuffered(source, from, length);
            }
        } else if (source.heapBase().orElse(null) instanceof byte[] array) {
            crc.update(array, (int) (source.address() + from), (int) length);
        } else {
            addCopied(source, from, length);
        }
    }

    private void addBuffered(MemorySegment source, long from, long length) {
        for (long done = 0; done < length; done += BUFFERED_PIECE) {
            long piece = Math.min(BUFFERED_PIECE, length - done);
            crc.update(source.asSlice(from + done, piece).asByteBuffer());
        }
    }

    private void addCopied(MemorySegment source, long from, long length) {
        for (long done = 0; done < length; done += SCRATCH) {
            int piece = (int) Math.min(SCRATCH, length - done);
            MemorySegment.copy(source, from + done, scratchSegment, 0, piece);
            crc.update(scratch, 0, piece);
        }
    }

    /**
     * Adds reversed bytes. A byte with the highest bit first is the reversed byte with the lowest
     * bit first.
     */
    private void addReversed(MemorySegment source, long from, long length) {
        for (long done = 0; done < length; done += SCRATCH) {
            int piece = (int) Math.min(SCRATCH, length - done);
            int longs = piece & -Long.BYTES;
            for (int i = 0; i < longs; i += Long.BYTES) {
                long bytes = source.get(ValueLayout.JAVA_LONG_UNALIGNED, from + done + i);
                scratchSegment.set(
                        ValueLayout.JAVA_LONG_UNALIGNED, i, Long.reverseBytes(Long.reverse(bytes)));
            }
            for (int i = longs; i < piece; i++) {
                scratch[i] =
                        (byte) (Integer.reverse(
                                source.get(ValueLayout.JAVA_BYTE, from + done + i)) >>> 24);
            }
            crc.update(scratch, 0, piece);
        }
    }
}
