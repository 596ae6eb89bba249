package io.github.vdm4j.mover;

import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.trace.OperationTrace;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/**
 * A program with operations before, during and after a recording, or in a JVM without jdk.jfr.
 * {@link FlightRecordingTest} runs it in a separate JVM.
 */
final class FlightRecording {
    private static final MemorySegment MEMORY = Arena.ofAuto().allocate(4_096);

    private FlightRecording() {}

    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("from the start")) {
            operate(arguments[0]);
        } else if (arguments[0].equals("without")) {
            System.out.println("jdk.jfr: " + ModuleLayer.boot().findModule("jdk.jfr").isPresent());
            operate("without");
        } else if (arguments[0].equals("forces")) {
            Recorded.forces();
        } else {
            Recorded.run();
        }
    }

    /** A recorder of forces. It is a separate class, because it does not load without jdk.jfr. */
    private static final class Recorded {
        static void forces() throws Exception {
            Path file = Path.of("forces.jfr");
            force();
            try (var recording = new Recording()) {
                recording.enable("io.github.vdm4j.Force");
                recording.start();
                force();
                recording.stop();
                recording.dump(file);
            }
            force();
            for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
                if (event.getEventType().getName().equals("io.github.vdm4j.Force")) {
                    System.out.printf("event %b %d %d %b %b %b%n",
                            event.getString("file").endsWith("/forced"),
                            event.getInt("groupSize"), event.getInt("ranges"),
                            event.getBoolean("failed"), event.getDuration("waitTime").isZero(),
                            event.getDuration("forceTime").isPositive());
                }
            }
        }

        static void run() throws Exception {
            Path file = Path.of("operations.jfr");
            operate("before");
            try (var recording = new Recording()) {
                recording.start();
                operate("not enabled");
                recording.enable("io.github.vdm4j.Operation");
                operate("during");
                recording.disable("io.github.vdm4j.Operation");
                operate("disabled");
                recording.stop();
                recording.dump(file);
            }
            for (RecordedEvent event : RecordingFile.readAllEvents(file)
                    .stream()
                    .sorted(Comparator.comparing(RecordedEvent::getStartTime))
                    .toList()) {
                if (event.getEventType().getName().equals("io.github.vdm4j.Operation")) {
                    System.out.printf(
                            "event %s %d %s %s %s polls>0:%b queued:%b ran>20ms:%b "
                                    + "whole>=parts:%b%n",
                            event.getString("operation"),
                            event.getLong("bytes"),
                            event.getString("mover"),
                            event.getString("path"),
                            event.getString("status"),
                            event.getInt("polls") > 0,
                            event.getDuration("queueTime").toNanos() > 0,
                            event.getDuration("runTime").toMillis() >= 20,
                            event.getDuration()
                                    .compareTo(
                                            event.getDuration("queueTime")
                                                    .plus(event.getDuration("runTime"))
                                                    .minusMillis(1)) >= 0);
                }
            }
        }
    }

    private static void force() throws IOException {
        try (var log = OffHeapBuffer.map(Path.of("forced"), 0, 8_192);
                var sync = SyncDataMover.open()) {
            sync.memset(log.segment(), (byte) 1, VdmFlags.MEM_DURABLE).await();
            sync.batch().flush(log.slice(0, 10)).flush(log.slice(100, 10)).submit().await();
        }
    }

    private static void operate(String when) {
        System.out.println(when + ", on: " + OperationTrace.isOn());
        try (var sync = SyncDataMover.open();
                var slow = ThreadsDataMover.builder()
                        .threads(1)
                        .memsetFunction((destination, value, flags) -> takeTime())
                        .open()) {
            sync.memcpy(MEMORY.asSlice(0, 64), MEMORY.asSlice(64, 64)).await();
            slow.memset(MEMORY, (byte) 1, VdmFlags.NONE).await();
            VdmFuture<VdmOutput> unsupported = sync.flush(MEMORY.asSlice(0, 100));
            unsupported.poll();
            sync.crc32c(MEMORY.asSlice(0, 10)).await();
            System.out.println(sync.counters() + " " + slow.counters());
        }
    }

    /**
     * Parks until the time has passed, because a park may end early with the wake-up for the task.
     */
    private static void takeTime() {
        long end = System.nanoTime() + 25_000_000;
        for (long left = 25_000_000; left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
