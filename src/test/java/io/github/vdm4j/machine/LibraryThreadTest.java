package io.github.vdm4j.machine;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.WeakReference;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class LibraryThreadTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final CountDownLatch woken = new CountDownLatch(200);
    private final AtomicBoolean mayWake = new AtomicBoolean();

    private List<Thread> parkedThreads(int count, boolean virtual) {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Runnable wait = this::waitUntilWoken;
            threads.add(virtual ? Thread.startVirtualThread(wait)
                    : Thread.ofPlatform().daemon().start(wait));
        }
        awaitParked(threads);
        return threads;
    }

    private void waitUntilWoken() {
        while (!mayWake.get()) {
            LockSupport.park(this);
        }
        woken.countDown();
    }

    private static void awaitParked(List<Thread> threads) {
        for (Thread each : threads) {
            while (each.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
        }
    }

    private static void onLibraryThread(Runnable task) throws InterruptedException {
        var failure = new AtomicReference<Throwable>();
        var thread = new LibraryThread("test", task);
        thread.setUncaughtExceptionHandler((ended, thrown) -> failure.set(thrown));
        thread.start();
        assertTrue(thread.join(LONG));
        if (failure.get() instanceof Error e) {
            throw e;
        }
    }

    private static boolean allEnd(List<Thread> threads) throws InterruptedException {
        for (Thread each : threads) {
            if (!each.join(LONG)) {
                return false;
            }
        }
        return true;
    }

    /** The class loader and the thread group of an application. */
    private static Thread startIn(ThreadGroup group, ClassLoader loader, Runnable task) {
        var thread = new Thread(group, task);
        thread.setContextClassLoader(loader);
        thread.start();
        return thread;
    }

    private static void assertInheritedNothing(Thread thread) {
        assertNull(thread.getThreadGroup().getParent());
        assertEquals(Thread.NORM_PRIORITY, thread.getPriority());
        assertSame(ClassLoader.getSystemClassLoader(), thread.getContextClassLoader());
    }

    @Test
    void threadInheritsNothing() throws Exception {
        var group = new ThreadGroup("application");
        group.setMaxPriority(Thread.MIN_PRIORITY);
        var made = new AtomicReference<Thread>();
        try (var loader = new URLClassLoader(new URL[0])) {
            assertTrue(startIn(group, loader, () -> made.set(new LibraryThread("test", () -> {})))
                    .join(LONG));
        }
        assertInheritedNothing(made.get());
    }

    /** The class loads again, because its first user determined what a static thread inherits. */
    @Test
    void foreignThreadInheritsNothing() throws Exception {
        String name = LibraryThread.class.getName();
        String file = "/" + name.replace('.', '/') + ".class";
        String place = LibraryThread.class.getResource(file).toString();
        var classes = URI.create(place.substring(0, place.length() - file.length() + 1)).toURL();
        var found = new AtomicReference<Thread>();
        var userLocal = new InheritableThreadLocal<Object>();
        var value = new AtomicReference<>(new Object());
        try (var again = new URLClassLoader(new URL[]{classes}, null)) {
            assertTrue(startIn(new ThreadGroup("application"), again, () -> {
                userLocal.set(value.get());
                try {
                    found.set((Thread) again.loadClass(name)
                            .getMethod("foreignThread")
                            .invoke(null));
                } catch (ReflectiveOperationException e) {
                    throw new AssertionError(e);
                }
            }).join(LONG));
        }
        assertInheritedNothing(found.get());
        var dropped = new WeakReference<>(value.getAndSet(null));
        while (!dropped.refersTo(null)) { // The time limit ends this loop.
            System.gc();
        }
    }

    /** Sizes around the limits of the list of threads. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 63, 64, 65, 200})
    void virtualThreadsWakeTogether(int count) throws InterruptedException {
        List<Thread> threads = parkedThreads(count, true);
        onLibraryThread(() -> {
            mayWake.set(true);
            LibraryThread.unparkTogether(() -> threads.forEach(LibraryThread::unpark));
        });
        assertTrue(allEnd(threads));
    }

    @Test
    void virtualThreadsWakeAfterTheWorkHasThrown() throws InterruptedException {
        List<Thread> threads = parkedThreads(5, true);
        var thrown = new AtomicReference<Throwable>();
        onLibraryThread(() -> {
            mayWake.set(true);
            try {
                LibraryThread.unparkTogether(() -> {
                    threads.forEach(LibraryThread::unpark);
                    throw new IllegalStateException("planned");
                });
            } catch (IllegalStateException e) {
                thrown.set(e);
            }
        });
        assertEquals("planned", thrown.get().getMessage());
        assertTrue(allEnd(threads));
    }

    @Test
    void platformThreadsWakeDuringTheWork() throws InterruptedException {
        List<Thread> threads = parkedThreads(2, false);
        var inTime = new AtomicBoolean();
        onLibraryThread(() -> {
            mayWake.set(true);
            LibraryThread.unparkTogether(() -> {
                threads.forEach(LibraryThread::unpark);
                try {
                    inTime.set(allEnd(threads));
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
        });
        assertTrue(inTime.get());
    }

    @Test
    void otherThreadsUnparkAtOnce() throws InterruptedException {
        List<Thread> threads = parkedThreads(5, true);
        mayWake.set(true);
        LibraryThread.unparkTogether(() -> {
            threads.forEach(LibraryThread::unpark);
            try {
                assertTrue(allEnd(threads));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        assertEquals(195, woken.getCount());
    }

    /** A native frame pins its virtual thread. A further virtual thread then has no carrier. */
    @Test
    void pinnedVirtualThreadsWakeTogether() throws Throwable {
        MethodHandle wait = MethodHandles.lookup()
                .findVirtual(LibraryThreadTest.class, "waitInUpcall",
                        MethodType.methodType(int.class, MemorySegment.class, MemorySegment.class))
                .bindTo(this);
        var shape = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS);
        Linker linker = Linker.nativeLinker();
        MethodHandle sort = linker.downcallHandle(
                linker.defaultLookup().find("qsort").orElseThrow(),
                FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS));
        try (Arena arena = Arena.ofShared()) {
            MemorySegment comparator = linker.upcallStub(wait, shape, arena);
            MemorySegment pair = arena.allocate(2);
            int carriers = Runtime.getRuntime().availableProcessors();
            List<Thread> threads = new ArrayList<>(parkedThreads(4, true));
            for (int i = 0; i < carriers; i++) {
                threads.add(Thread.startVirtualThread(() -> {
                    try {
                        sort.invokeExact(pair, 2L, 1L, comparator);
                    } catch (Throwable e) {
                        throw new AssertionError(e);
                    }
                }));
            }
            awaitParked(threads);
            onLibraryThread(() -> {
                mayWake.set(true);
                LibraryThread.unparkTogether(() -> threads.forEach(LibraryThread::unpark));
            });
            boolean ended = allEnd(threads);
            threads.forEach(LockSupport::unpark);
            assertTrue(allEnd(threads));
            assertTrue(ended);
        }
    }

    int waitInUpcall(MemorySegment first, MemorySegment second) {
        waitUntilWoken();
        return 0;
    }
}
