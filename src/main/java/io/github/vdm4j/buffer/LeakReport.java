package io.github.vdm4j.buffer;

import io.github.vdm4j.memory.MemoryRegion;
import java.lang.ref.Cleaner;

/**
 * The report of a buffer that was dropped but not closed. It contains the stack trace of the
 * buffer's creation.
 */
final class LeakReport {
    static final String PROPERTY = "vdm4j.buffer.reportLeaks";

    private LeakReport() {}

    /**
     * The holder of the thread that watches buffers. The first watched buffer starts the thread.
     */
    private static final class Watch {
        static final Cleaner CLEANER = Cleaner.create();
    }

    static void watch(OffHeapBuffer buffer, MemoryRegion memory, String what) {
        if (Boolean.getBoolean(PROPERTY)) {
            var place = new Throwable(
                    "a buffer was dropped but not closed. The stack trace shows its creation by "
                            + what);
            Watch.CLEANER.register(buffer, () -> {
                if (memory.isOpen()) {
                    System.getLogger("io.github.vdm4j.buffer")
                            .log(System.Logger.Level.WARNING, "vdm4j: leak", place);
                }
            });
        }
    }
}
