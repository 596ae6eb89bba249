package io.github.vdm4j.buffer;

import io.github.vdm4j.DurabilityDomain;
import java.lang.foreign.Arena;
import java.lang.ref.Cleaner;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A program that uses buffers according to its arguments and then runs the garbage collector.
 * {@link BufferLeakTest} runs it.
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
        // Collects twice, because a second collection would show a duplicate report.
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
     * Returns when the collector has found the last dropped object and the reports had time to
     * appear.
     */
    private static void collect() throws InterruptedException {
        CountDownLatch gone = new CountDownLatch(1);
        Cleaner.create().register(new Object(), gone::countDown);
        do {
            System.gc();
        } while (!gone.await(100, TimeUnit.MILLISECONDS));
        CountDownLatch never = new CountDownLatch(1);
        never.await(300, TimeUnit.MILLISECONDS); // The buffers' cleaner has its own thread.
    }
}
