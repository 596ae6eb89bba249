package io.github.vdm4j.buffer;

import io.github.vdm4j.DurabilityDomain;
import java.lang.foreign.Arena;
import java.lang.ref.Cleaner;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Does with buffers what its arguments say, then has the collector run; see {@link BufferLeakTest}.
 */
final class LeakingProgram {
    private LeakingProgram() {}

    public static void main(String[] arguments) throws InterruptedException {
        for (String what : arguments) {
            switch (what) {
                case "drop" -> drop();
                case "drop sliced" -> dropSliced();
                case "close" -> OffHeapBuffer.allocate(1).close();
                default -> throw new IllegalArgumentException(what);
            }
        }
        // Twice: what the first collection finds, the second one would find again if it were
        // reported twice.
        collect();
        collect();
        System.out.println("collected");
    }

    private static void drop() {
        OffHeapBuffer.allocate(12_345);
    }

    private static void dropSliced() {
        OffHeapBuffer.wrap(Arena.global().allocate(77), DurabilityDomain.PAGE).slice(0, 10);
    }

    /**
     * Ends when an object that was dropped last is known to be gone, and time has passed for the
     * reports.
     */
    private static void collect() throws InterruptedException {
        CountDownLatch gone = new CountDownLatch(1);
        Cleaner.create().register(new Object(), gone::countDown);
        do {
            System.gc();
        } while (!gone.await(100, TimeUnit.MILLISECONDS));
        CountDownLatch never = new CountDownLatch(1);
        never.await(300, TimeUnit.MILLISECONDS); // the cleaner of the buffers has a thread of its own
    }
}
