package io.github.vdm4j.examples;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.buffer.MapOption;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.mover.DataMovers;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * A write-ahead log in a mapped file, for any number of threads. {@link #append} returns when the
 * record and all earlier records are durable. The mover shares forces. A thousand threads therefore
 * do not need a thousand forces.
 *
 * <p>A record has a length, a CRC-32C and its bytes, and begins at a multiple of 8. The first
 * record with a wrong CRC ends the log.
 */
public final class WriteAheadLog {
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE_ENDIAN);
    private static final long HEADER_BYTES = 8;

    private final Vdm mover;
    private final MemorySegment log;
    private long tail;
    private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);

    /**
     * Opens a log. It reads the records, and then clears the bytes behind the last record. Those
     * bytes can hold records that a crash cut off, and a later crash must not bring them back.
     *
     * @param mover executes the copies
     * @param log the log's memory, a mapped file of at most 2 GiB
     * @param reader receives each record
     */
    public WriteAheadLog(Vdm mover, MemorySegment log, Consumer<byte[]> reader) {
        this.mover = mover;
        this.log = log;
        for (byte[] record = read(tail); record != null; record = read(tail)) {
            reader.accept(record);
            tail += sizeOf(record.length);
        }
        mover.memset(log.asSlice(tail), (byte) 0, VdmFlags.MEM_DURABLE).await();
    }

    private static long sizeOf(int length) {
        return HEADER_BYTES + length + 7 & -8;
    }

    private static int crcOf(byte[] record) {
        var crc = new CRC32C();
        crc.update(record);
        return (int) crc.getValue();
    }

    /** Returns the record at an offset, or null at the end of the log. */
    private byte[] read(long at) {
        long space = log.byteSize() - at - HEADER_BYTES;
        int length = space < 0 ? 0 : log.get(INT, at);
        if (length <= 0 || length > space) {
            return null;
        }
        byte[] record = log.asSlice(at + HEADER_BYTES, length).toArray(ValueLayout.JAVA_BYTE);
        return crcOf(record) == log.get(INT, at + 4) ? record : null;
    }

    /**
     * Returns whether a record fits.
     *
     * @param length the bytes of the record
     * @return false if {@link #append} would refuse it
     */
    public synchronized boolean hasSpaceFor(int length) {
        return length > 0 && sizeOf(length) <= log.byteSize() - tail;
    }

    /**
     * Appends a record and waits until it is durable.
     *
     * @param record the bytes, at least one
     * @return the offset of the record in the log, bytes
     * @throws IllegalStateException if the log has no space for the record. The log stays unchanged
     * @throws io.github.vdm4j.VdmException if the mover could not make the record durable. All
     *         later appends fail, too
     * @throws java.util.concurrent.CompletionException if the mover could not make an earlier
     *         record durable
     */
    public long append(byte[] record) {
        MemorySegment bytes = MemorySegment.ofArray(new byte[(int) sizeOf(record.length)]);
        bytes.set(INT, 0, record.length);
        bytes.set(INT, 4, crcOf(record));
        MemorySegment.copy(record, 0, bytes, ValueLayout.JAVA_BYTE, HEADER_BYTES, record.length);
        var durable = new CompletableFuture<Void>();
        CompletableFuture<Void> earlier;
        long at;
        synchronized (this) {
            at = tail;
            if (!hasSpaceFor(record.length)) {
                throw new IllegalStateException("a record of %,d bytes was not appended at byte %,d"
                        .formatted(record.length, at)
                        + " of a log of %,d bytes".formatted(log.byteSize()));
            }
            tail = at + bytes.byteSize();
            earlier = last;
            last = durable;
        }
        try {
            mover.memcpy(log.asSlice(at, bytes.byteSize()), bytes, VdmFlags.MEM_DURABLE).await();
            earlier.join(); // Recovery would stop at a lost earlier record.
            durable.complete(null);
            return at;
        } catch (RuntimeException e) {
            durable.completeExceptionally(e);
            throw e;
        }
    }

    /**
     * Prints the records of a log and appends one for each further argument.
     *
     * @param args the log's file, and the texts of new records
     * @throws IOException if the file cannot be mapped
     */
    public static void main(String[] args) throws IOException {
        try (OffHeapBuffer file = OffHeapBuffer.map(Path.of(args[0]), 0, 1 << 20,
                MapOption.RANDOM_ACCESS);
                Vdm mover = DataMovers.best()) {
            var log = new WriteAheadLog(mover, file.segment(),
                    record -> System.out.println(new String(record, StandardCharsets.UTF_8)));
            for (int i = 1; i < args.length; i++) {
                long offset = log.append(args[i].getBytes(StandardCharsets.UTF_8));
                System.out.println("appended at byte " + offset);
            }
        }
    }
}
