package io.github.vdm4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Collects what reaches the uncaught-exception handler of any thread until it is closed. */
public final class UncaughtExceptions implements AutoCloseable {
    private final Thread.UncaughtExceptionHandler before =
            Thread.getDefaultUncaughtExceptionHandler();
    private final ConcurrentLinkedQueue<Throwable> thrown = new ConcurrentLinkedQueue<>();

    /** Becomes the default handler. */
    public UncaughtExceptions() {
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> thrown.add(e));
    }

    /** Returns what has arrived, in order. */
    public List<Throwable> list() {
        return new ArrayList<>(thrown);
    }

    /** Fails unless an exception has arrived, and no other one. */
    public void assertOnly(Throwable expected) {
        assertEquals(Set.of(expected), Set.copyOf(thrown));
    }

    @Override
    public void close() {
        Thread.setDefaultUncaughtExceptionHandler(before);
    }
}
