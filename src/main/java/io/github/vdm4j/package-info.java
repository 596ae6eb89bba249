/**
 * The virtual data mover. It offers asynchronous memcpy, memmove, memset, flush and every other DML
 * operation on {@link java.lang.foreign.MemorySegment}s.
 *
 * {@snippet lang=java :
 *     try (Arena arena = Arena.ofShared(); Vdm mover = DataMovers.best()) {
 *         MemorySegment source = arena.allocate(1 << 20).fill((byte) 7);
 *         MemorySegment destination = arena.allocate(1 << 20);
 *         VdmFuture<VdmOutput> copy = mover.memcpy(destination, source); // nothing has started
 *         copy.await(); // throws if the copy failed
 *         System.out.println(copy + ", equal: " + (destination.mismatch(source) == -1));
 *     }
 * }
 *
 * <p><b>Movers.</b> A {@link io.github.vdm4j.Vdm} is a mover. Open the best mover of the machine
 * with {@code DataMovers} of {@code io.github.vdm4j.mover}, or Intel DML with {@code DmlDataMover}
 * of {@code io.github.vdm4j.dml}. A mover is thread-safe.
 *
 * <p><b>Operations.</b> A call such as {@link io.github.vdm4j.OperationMethods#memcpy memcpy}
 * checks its arguments and returns an idle {@link io.github.vdm4j.VdmFuture}. The first poll starts
 * it. Invalid arguments throw an exception at the call. Later failures complete the future with a
 * {@link io.github.vdm4j.VdmResult} and a {@link io.github.vdm4j.VdmException}.
 *
 * <p><b>Many operations.</b> A {@link io.github.vdm4j.Batch} executes many operations together. A
 * {@link io.github.vdm4j.VdmOperation} can be prepared repeatedly without an allocation.
 *
 * <p><b>Durability.</b> With {@link io.github.vdm4j.VdmFlags#MEM_DURABLE}, the destination survives
 * a power cut when the future has succeeded. Otherwise the future fails.
 *
 * <p><b>Null.</b> In all packages of vdm4j, a null argument throws a {@link NullPointerException}
 * if the description of the parameter does not mention null.
 *
 * <p><b>Own movers.</b> A program's own mover extends {@link io.github.vdm4j.AbstractDataMover} and
 * supplies a {@link io.github.vdm4j.VdmExecutor}. The executor executes each {@link
 * io.github.vdm4j.Operation}.
 *
 * <p>C counterpart: miniasync_vdm(7).
 */
package io.github.vdm4j;
