/**
 * A data mover that drives DSA devices from pure Java, and the diagnosis of their work queues.
 *
 * {@snippet lang=java :
 *     MemorySegment source = arena.allocate(MEGABYTE).fill((byte) 7);
 *     MemorySegment destination = arena.allocate(MEGABYTE);
 *     VdmFuture<VdmOutput> copy = mover.memcpy(destination, source);
 *     copy.await();
 *     System.out.println("copied by " + copy.path());
 * }
 *
 * <p><b>Requirements.</b> {@link io.github.vdm4j.dsa.DsaDataMover} needs Linux and a work queue that
 * this process may open; see docs/dsa.md. It needs no native library. It was tested with an emulator
 * only.
 *
 * <p><b>If no queue works</b>, opening a mover throws a {@link
 * io.github.vdm4j.dsa.DsaUnavailableException}. It lists each queue with the reason and the remedy.
 *
 * <p><b>What a device does not execute</b>, the JVM executes, unless {@link
 * io.github.vdm4j.dsa.DsaDataMoverBuilder#fallback fallback} is off.
 *
 * <p>C counterpart: none. Programs in C use Intel DML.
 */
package io.github.vdm4j.dsa;
