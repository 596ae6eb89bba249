package io.github.vdm4j;

import io.github.vdm4j.future.FutureChain;
import io.github.vdm4j.future.PollableFuture;
import io.github.vdm4j.machine.FailureName;
import io.github.vdm4j.machine.Message;
import io.github.vdm4j.operation.DeltaResult;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * The deltas of ranges of any length. A delta of a mover covers at most {@link
 * DeltaResult#MAX_RANGE_BYTES}. A long range is therefore divided into blocks of that size. Each
 * differing block has an entry.
 *
 * <p>The entries are consecutive in the caller's memory. The caller can send them to another
 * machine. An entry begins at a multiple of 8. It contains the block's offset in the range (8
 * bytes), the number of the following bytes (8 bytes), and the delta record. If a record would be
 * as long as its block, the number is negative. The new bytes of the block then follow. The last
 * bytes of a range have such an entry if its size is not a multiple of 8. All numbers are
 * little-endian.
 *
 * <pre>{@code
 * long used = LongDelta.create(mover, entries, original, modified).await();
 * LongDelta.apply(mover, replica, entries.asSlice(0, used), VdmFlags.NONE).await().orThrow();
 * }</pre>
 */
public final class LongDelta {
    private static final long BLOCK = DeltaResult.MAX_RANGE_BYTES;
    private static final long WORD = 8;
    private static final long HEADER = 16;
    private static final ValueLayout.OfLong NUMBER =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private LongDelta() {}

    /**
     * {@return the largest size of the entries of two ranges in bytes} It is the size of a range
     * plus a few bytes for each block.
     *
     * @param bytes the size of each range
     * @throws IllegalArgumentException if the size is negative
     */
    public static long maxBytes(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException(
                    Message.of("a delta of %,d bytes: the size must not be negative", bytes));
        }
        // The last entry is for the bytes behind the last whole word.
        long entries = (bytes + BLOCK - 1) / BLOCK + 1;
        return bytes + entries * (HEADER + DeltaResult.MIN_RECORD_BYTES);
    }

    /**
     * Records the differences of two ranges. The future processes the blocks in sequence.
     *
     * @param mover the mover
     * @param entries the range for the entries. It begins at a multiple of 8 and has at least
     *     {@link #maxBytes} bytes
     * @param original the original range. It begins at a multiple of 8
     * @param modified the modified range of the same size. It begins at a multiple of 8
     * @return an idle future of the size of the entries, or 0 if the ranges are equal
     * @throws IllegalArgumentException if the sizes differ or there is not enough room. If the
     *     arguments break a rule of {@link Vdm#createDelta}, the future fails with its exception
     */
    public static FutureChain<Long> create(Vdm mover, MemorySegment entries,
            MemorySegment original, MemorySegment modified) {
        Objects.requireNonNull(mover, "mover");
        Objects.requireNonNull(entries, "entries");
        Objects.requireNonNull(original, "original");
        Objects.requireNonNull(modified, "modified");
        if (original.byteSize() != modified.byteSize()) {
            throw new IllegalArgumentException(
                    Message.of(
                            "delta: the original range has %,d bytes and the modified range %,d:"
                                    + " they must",
                            original.byteSize(), modified.byteSize())
                            + " have the same size");
        }
        long room = maxBytes(original.byteSize());
        if (entries.byteSize() < room) {
            throw new IllegalArgumentException(
                    Message.of(
                            "delta: %,d bytes for the entries of ranges of %,d bytes: pass at"
                                    + " least %,d",
                            entries.byteSize(), original.byteSize(), room)
                            + " (LongDelta.maxBytes)");
        }
        var delta = new Blocks(mover, entries, original, modified);
        return FutureChain.ofLazy(() -> delta.from(0, 0));
    }

    /**
     * Applies the entries to a range with the original content. The range then has the modified
     * content. A single batch applies all entries.
     *
     * @param mover the mover
     * @param destination the range to change. It begins at a multiple of 8
     * @param entries the entries, with the size that {@link #create} returned
     * @param flags the flags
     * @return an idle future
     * @throws IllegalArgumentException if an entry is outside of the destination or has an invalid
     *     size
     */
    public static VdmFuture<BatchResult> apply(Vdm mover, MemorySegment destination,
            MemorySegment entries, VdmFlags flags) {
        Objects.requireNonNull(destination, "destination");
        Objects.requireNonNull(flags, "flags");
        Batch batch = Objects.requireNonNull(mover, "mover").batch();
        long at = 0;
        while (at < Objects.requireNonNull(entries, "entries").byteSize()) {
            long left = entries.byteSize() - at - HEADER;
            if (left < 0) {
                throw new IllegalArgumentException(
                        Message.of(
                                "delta: the head of the entry at byte %,d has %,d bytes of %,d."
                                        + " The entries are cut off: pass as many bytes as create"
                                        + " returned",
                                at, entries.byteSize() - at, HEADER));
            }
            long offset = entries.get(NUMBER, at);
            long size = entries.get(NUMBER, at + WORD);
            long bytes = Math.abs(size);
            if (offset < 0 || offset > destination.byteSize() || bytes <= 0 || bytes > left
                    || size < 0 && bytes > destination.byteSize() - offset) {
                throw new IllegalArgumentException(FailureName.INVALID_DATA.endOf(
                        Message.of(
                                "delta: the entry at byte %,d of %,d is for %,d bytes at offset"
                                        + " %,d of a destination of %,d bytes, which cannot be."
                                        + " The entries are damaged, cut off, or of a range of"
                                        + " another size. Create them again",
                                at,
                                entries.byteSize(), size, offset, destination.byteSize())));
            }
            MemorySegment body = entries.asSlice(at + HEADER, bytes);
            if (size < 0) {
                batch.memcpy(destination.asSlice(offset, bytes), body, flags);
            } else {
                long block = Math.min(BLOCK, (destination.byteSize() - offset) & -WORD);
                batch.applyDelta(destination.asSlice(offset, block), body, flags);
            }
            at += HEADER + roundedUp(bytes);
        }
        return at == 0 ? batch.nop().submit() : batch.submit();
    }

    private static long roundedUp(long bytes) {
        return bytes + WORD - 1 & -WORD;
    }

    private record Blocks(Vdm mover, MemorySegment entries, MemorySegment original,
            MemorySegment modified) {

        /**
         * Continues with the block at an offset. Its entry follows the entries of the earlier
         * blocks.
         */
        PollableFuture<Long> from(long offset, long used) {
            long left = modified.byteSize() - offset;
            if (left == 0) {
                return PollableFuture.completed(used);
            }
            if (left < WORD) {
                return FutureChain.of(mover.compare(original.asSlice(offset),
                        modified.asSlice(offset)))
                        .then(found -> found.equal() ? PollableFuture.completed(used)
                                : copy(offset, left, used));
            }
            long size = Math.min(BLOCK, left & -WORD);
            long most = Math.max(DeltaResult.MIN_RECORD_BYTES,
                    size / DeltaResult.DIFFERENCE_BYTES * DeltaResult.DIFFERENCE_BYTES);
            return FutureChain.of(mover.createDelta(entries.asSlice(used + HEADER, most),
                    original.asSlice(offset, size), modified.asSlice(offset, size)))
                    .then(delta -> switch (delta.outcome()) {
                        case EQUAL -> from(offset + size, used);
                        case RECORDED -> from(offset + size,
                                behind(offset, delta.recordBytes(), delta.recordBytes(), used));
                        case OVERFLOW -> copy(offset, size, used);
                    });
        }

        private PollableFuture<Long> copy(long offset, long size, long used) {
            return FutureChain.of(mover.memcpy(entries.asSlice(used + HEADER, size),
                    modified.asSlice(offset, size)))
                    .then(done -> from(offset + size, behind(offset, -size, size, used)));
        }

        /** Writes the head of an entry. Returns the offset of the next entry. */
        private long behind(long offset, long number, long bytes, long used) {
            entries.set(NUMBER, used, offset);
            entries.set(NUMBER, used + WORD, number);
            return used + HEADER + roundedUp(bytes);
        }
    }
}
