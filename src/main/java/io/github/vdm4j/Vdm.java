package io.github.vdm4j;

import io.github.vdm4j.operation.CompareResult;
import io.github.vdm4j.operation.Crc32c;
import io.github.vdm4j.operation.DeltaResult;
import io.github.vdm4j.operation.DifResult;
import java.lang.foreign.MemorySegment;

/**
 * A virtual data mover. It copies, fills, flushes, compares and checks memory. Each operation is a
 * future that starts at its first poll. A program that uses this interface runs on Intel DML, on
 * Intel DSA, on threads, or on the calling thread. A mover is thread-safe.
 *
 * <p><b>Operations.</b> {@link OperationMethods} describes each operation. A comparison returns the
 * future of a {@link CompareResult}, {@code createDelta} of a {@link DeltaResult}, {@code crc32c}
 * and {@code copyCrc32c} of a {@link Crc32c}, and {@code difCheck}, {@code difStrip} and {@code
 * difUpdate} of a {@link DifResult}. All further operations return the future of a {@link
 * VdmOutput}.
 *
 * <p><b>Segments.</b> Segments are ranges of bytes. They have any alignment unless a method
 * requires an alignment. Only the ranges of a memmove and of a comparison may overlap. A native
 * mover may refuse heap segments. The arena of a segment must stay open until the future is
 * complete. A length of 0 succeeds at the first poll. A segment from {@link
 * MemorySegment#ofAddress} has length 0 until it is {@linkplain MemorySegment#reinterpret(long)
 * reinterpreted}.
 *
 * <p><b>Truncated files.</b> If a file was truncated, an operation on its memory ends with {@link
 * VdmResult#IO_ERROR}. This applies to mapped segments, to buffers of this library, and to
 * {@linkplain io.github.vdm4j.buffer.OffHeapBuffer#wrap wrapped} memory. A segment from {@link
 * MemorySegment#ofAddress} has no such guard. If its file is truncated, native code that accesses
 * it crashes the process.
 *
 * <p><b>Errors.</b> Invalid arguments throw immediately, with the values. Later failures complete
 * the future with a {@link VdmResult}. Every method that creates a future, a batch or a reusable
 * operation throws
 *
 * <ul>
 * <li>{@link NullPointerException} if an argument is null,
 * <li>{@link IllegalArgumentException} if an argument breaks a rule that its method states, a range
 *     to write is read-only, or the mover cannot reach a segment,
 * <li>{@link IllegalStateException} if the arena of a segment is closed, or the mover is closed,
 * <li>{@link WrongThreadException} if a segment is confined to another thread.
 * </ul>
 *
 * <p>C counterpart: {@code struct vdm}, miniasync_vdm(7).
 */
public interface Vdm
        extends
            OperationMethods<VdmFuture<VdmOutput>, VdmFuture<CompareResult>, VdmFuture<DeltaResult>,
                    VdmFuture<Crc32c>, VdmFuture<DifResult>>,
            AutoCloseable {
    /**
     * Waits until all operations that were started on this mover before have ended. An operation
     * has started after its first poll has returned. If an earlier drain is still waiting, this
     * drain also waits for the operations that start until the earlier drain ends.
     *
     * @return an idle future
     */
    VdmFuture<VdmOutput> drain();

    /** {@return an empty batch} A batch executes several operations together. */
    Batch batch();

    /**
     * {@return a reusable operation} It can be prepared any number of times without an allocation.
     * Only an operation of more than 1 MiB may allocate its parts.
     */
    VdmOperation newOperation();

    /**
     * {@return whether the mover supports flags for at least one kind of destination}
     *
     * @param flags the flags
     */
    boolean isSupported(VdmFlags flags);

    /**
     * {@return whether the mover accepts operations with flags on a destination} With {@link
     * VdmFlags#MEM_DURABLE}, the result also applies to {@link #flush}.
     *
     * @param flags the flags
     * @param destination the range to be written
     */
    boolean isSupported(VdmFlags flags, MemorySegment destination);

    /** {@return the mover's name for messages, with its path if it has several} */
    String name();

    /** {@return the counters of the mover} They are also available after the mover is closed. */
    MoverCounters counters();

    /**
     * Finishes the started operations, and then releases threads and native memory. Futures that
     * were not started complete with {@link VdmResult#CLOSED} at their first poll. Methods for new
     * operations throw an exception. A second call has no effect and does not wait for the first
     * call. If the first call has thrown an {@link OutOfMemoryError}, the second call finishes the
     * work.
     *
     * <p>If another thread is inside the first poll of a future, this method waits for the end of
     * that poll. It does not wait for a copy or fill of at most 64 KiB that is not durable. Such a
     * poll may end some microseconds later. A call inside a callback does not wait for any poll.
     *
     * @throws VdmException with {@link VdmResult#TIMEOUT} if operations are still in flight after
     *     the close timeout of the mover. The message names the operations, and the mover does not
     *     free their memory
     */
    @Override
    void close();

    /**
     * Closes the mover without executing the waiting operations. They complete with {@link
     * VdmResult#CLOSED} and have written nothing. The method waits for the operations that have
     * begun, like {@link #close}. If another thread is waiting in {@code close}, this call shortens
     * that wait and does not wait itself. An operation has begun when a worker, a device or the
     * polling thread executes it.
     *
     * @return the number of waiting operations that this call has ended
     * @throws VdmException like {@link #close}
     */
    int closeNow();
}
