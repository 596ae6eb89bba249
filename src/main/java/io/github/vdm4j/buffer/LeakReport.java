package io.github.vdm4j.buffer;

import java.lang.ref.Cleaner;

/** Tells where a buffer was made that was dropped without being closed, if one wants to know. */
final class LeakReport implements Runnable {
    private static final LeakReport OFF = new LeakReport(null);

    private final Throwable place;
    private volatile boolean cancelled;
    private Cleaner.Cleanable cleanable;

    private LeakReport(Throwable place) {
        this.place = place;
    }

    /** The thread that watches is started with the first buffer that is to be watched. */
    private static final class Watch {
        static final Cleaner CLEANER = Cleaner.create();
    }

    static LeakReport of(Object watched, String what) {
        if (!Boolean.getBoolean(BufferMemory.LEAK_PROPERTY)) {
            return OFF;
        }
        var report =
                new LeakReport(
                        new Throwable("a buffer was dropped without being closed, made by " + what));
        report.cleanable = Watch.CLEANER.register(watched, report);
        return report;
    }

    void cancel() {
        cancelled = true;
        if (cleanable != null) {
            cleanable.clean();
        }
    }

    @Override
    public void run() {
        if (!cancelled) {
            System.getLogger("io.github.vdm4j.buffer")
                    .log(System.Logger.Level.WARNING, "vdm4j: leak", place);
        }
    }
}
