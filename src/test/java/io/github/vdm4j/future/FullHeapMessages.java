package io.github.vdm4j.future;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.mover.SyncDataMover;
import java.lang.foreign.MemorySegment;

/** A program that asks for the first message of a failure while the heap is full. */
final class FullHeapMessages {
    private FullHeapMessages() {}

    /** Returns the message, or null if the heap was full. */
    private static String message(VdmFuture<VdmOutput> failed, int spare) {
        FullHeapCancels.fill(spare);
        try {
            return failed.failure().toString();
        } catch (OutOfMemoryError e) {
            return null;
        } finally {
            FullHeapCancels.free();
        }
    }

    public static void main(String[] arguments) {
        Vdm mover = SyncDataMover.open();
        VdmFuture<VdmOutput> failed =
                mover.memset(MemorySegment.ofArray(new byte[4_096]), (byte) 1);
        mover.close();
        failed.poll();
        String message = null;
        for (int spare = 0; message == null; spare += 1 + spare / 4) {
            message = message(failed, spare);
        }
        System.out.println(message);
    }
}
