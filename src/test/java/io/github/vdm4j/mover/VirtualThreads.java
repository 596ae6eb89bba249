package io.github.vdm4j.mover;

import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;

/**
 * A program with many virtual threads that wait for copies. {@link VirtualThreadsTest} runs it in a
 * separate JVM. It prints the number of threads that pinned their carrier. A thread that pins on
 * purpose verifies the count.
 */
final class VirtualThreads {
    private static final int THREADS = 10_000;
    private static final int SIZE = 4_096;

    private VirtualThreads() {}

    public static void main(String[] arguments) throws Exception {
        copyOnEach(new AtomicInteger()); // Loading a class pins the carrier.
        var right = new AtomicInteger();
        int pinned = recorded(() -> copyOnEach(right));
        System.out.println("copied " + right + ", pinned " + pinned);
        System.out.println("pinned on purpose "
                + recorded(() -> Thread.ofVirtual().start(Pinning::touch).join()));
    }

    private interface Body {
        void run() throws Exception;
    }

    private static int recorded(Body body) throws Exception {
        Path file = Path.of("pinned.jfr");
        try (var recording = new Recording()) {
            recording.enable("jdk.VirtualThreadPinned")
                    .withThreshold(Duration.ZERO)
                    .withStackTrace();
            recording.start();
            body.run();
            recording.stop();
            recording.dump(file);
        }
        int events = 0;
        for (var event : RecordingFile.readAllEvents(file)) {
            if (event.getEventType().getName().equals("jdk.VirtualThreadPinned")) {
                events++;
                System.out.println(event);
            }
        }
        Files.delete(file);
        return events;
    }

    private static void copyOnEach(AtomicInteger right) throws InterruptedException {
        try (var mover = ThreadsDataMover.builder().threads(2).queueSize(64).open()) {
            MemorySegment source = Arena.global().allocate(SIZE).fill((byte) 7);
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                MemorySegment destination = Arena.ofAuto().allocate(SIZE);
                boolean byCompletableFuture = i % 2 == 0;
                threads.add(Thread.ofVirtual().start(() -> {
                    var copy = mover.memcpy(destination, source);
                    VdmOutput done =
                            byCompletableFuture ? copy.toCompletableFuture().join() : copy.await();
                    if (done.result() == VdmResult.SUCCESS && destination.mismatch(source) < 0) {
                        right.incrementAndGet();
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    /**
     * A class with an initialiser that pins the carrier. The scheduler treats it like native code.
     */
    private static final class Pinning {
        static {
            LockSupport.parkNanos(30_000_000);
        }

        static void touch() {}
    }
}
