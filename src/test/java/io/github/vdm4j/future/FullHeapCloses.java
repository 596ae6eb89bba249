package io.github.vdm4j.future;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.dml.DmlDataMover;
import io.github.vdm4j.dml.DmlPath;
import io.github.vdm4j.machine.LibraryThread;
import io.github.vdm4j.mover.ThreadsDataMover;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A program that closes movers while the heap is full, and again when it is not.
 *
 * <p>Argument: the mover, {@code threads} or {@code software}.
 */
final class FullHeapCloses {
    static final String WORKS = "every mover has ended its threads";
    private static final int LONG = 8 << 20; // A worker executes the operation.

    private FullHeapCloses() {}

    private static Vdm open(String name) {
        return name.equals("threads") ? ThreadsDataMover.builder().threads(1).open()
                : DmlDataMover.builder().path(DmlPath.SOFTWARE).workers(1).open();
    }

    /** Returns whether the heap had the memory to close a mover. */
    private static boolean close(String name, MemorySegment memory, int spare)
            throws InterruptedException {
        Vdm mover = open(name);
        mover.memset(memory, (byte) 1).await();
        boolean closed = false;
        FullHeapCancels.fill(spare);
        try {
            mover.close();
            closed = true;
        } catch (OutOfMemoryError e) {
            // The second call finishes the work.
        } finally {
            FullHeapCancels.free();
        }
        mover.close();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread instanceof LibraryThread) {
                thread.join(10_000);
                if (thread.isAlive()) {
                    throw new AssertionError(thread + " after " + closed + ", spare: " + spare);
                }
            }
        }
        if (mover instanceof DmlDataMover dml && dml.nativeBytes() != 0) {
            throw new AssertionError(dml.nativeBytes() + " bytes, spare: " + spare);
        }
        return closed;
    }

    public static void main(String[] arguments) throws InterruptedException {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(LONG);
            open(arguments[0]).close(); // It loads the classes.
            int failed = 0;
            for (int spare = 0; !close(arguments[0], memory, spare); spare += 1 + spare / 2) {
                failed++;
            }
            System.out.println(failed > 0 ? WORKS : "the heap was never full");
        }
    }
}
