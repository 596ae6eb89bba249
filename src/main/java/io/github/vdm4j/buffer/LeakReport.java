package io.github.vdm4j.buffer;

import java.lang.ref.Cleaner;

/**
 * The report of a buffer that was dropped without being closed. It names the place where the buffer
 * was made.
 */
final class LeakReport implements Runnable {
    private final BufferMemory memory;
    private final Throwable place;

    private LeakReport(BufferMemory memory, Throwable place) {
        this.memory = memory;
        this.place = place;
    }

    /** The holder of the thread that watches buffers. The first watched buffer starts it. */
    private static final class Watch {
        static final Cleaner CLEANER = Cleaner.create();
    }

    static void watch(BufferHandle handle, BufferMemory memory, String what) {
        if (Boolean.getBoolean(BufferMemory.LEAK_PROPERTY)) {
            var place = new Throwable(
                    "a buffer was dropped without being closed; it was made here by " + what);
            Watch.CLEANER.register(handle, new LeakReport(memory, place));
        }
    }

    @Override
    public void run() {
        if (memory.isOpen()) {
            System.getLogger("io.github.vdm4j.buffer")
                    .log(System.Logger.Level.WARNING, "vdm4j: leak", place);
        }
    }
}
