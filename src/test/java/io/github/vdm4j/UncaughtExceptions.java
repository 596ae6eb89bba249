package io.github.vdm4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A collector of the exceptions that reach the uncaught-exception handler of any thread before its
 * close.
 */
public final class UncaughtExceptions implements AutoCloseable {
    private final Thread.UncaughtExceptionHandler before =
            Thread.getDefaultUncaughtExceptionHandler();
    private final ConcurrentLinkedQueue<Throwable> thrown = new ConcurrentLinkedQueue<>();

    /** Installs this object as the default handler. */
    public UncaughtExceptions() {
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> thrown.add(e));
    }

    /** Returns the exceptions in the order of their arrival. */
    public List<Throwable> list() {
        return new ArrayList<>(thrown);
    }

    /** Fails unless only the expected exception has arrived. */
    public void assertOnly(Throwable expected) {
        assertEquals(Set.of(expected), Set.copyOf(thrown));
    }

    @Override
    public void close() {
        Thread.setDefaultUncaughtExceptionHandler(before);
    }
}
