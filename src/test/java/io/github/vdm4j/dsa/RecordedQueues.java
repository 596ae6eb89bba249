package io.github.vdm4j.dsa;

import io.github.vdm4j.Batch;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.emulator.Descriptor;
import io.github.vdm4j.emulator.DeviceModel;
import io.github.vdm4j.emulator.DeviceSettings;
import io.github.vdm4j.emulator.FaultPlan;
import io.github.vdm4j.emulator.QueueSettings;
import io.github.vdm4j.mover.SyncDataMover;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicInteger;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/** A program that records operations on two queues and prints them. A test runs it in a child. */
final class RecordedQueues {
    private static final int HARDWARE_ERROR = 0x20;
    private static final int LONG = 1 << 20;

    private RecordedQueues() {}

    public static void main(String[] arguments) throws Exception {
        var status = new AtomicInteger();
        var faults = new FaultPlan() {
            @Override
            public DescriptorFault nextDescriptor(Descriptor descriptor) {
                return status.get() == 0 ? DescriptorFault.NONE
                        : DescriptorFault.status(status.get());
            }
        };
        Path file = Path.of(arguments[0]);
        try (var devices = new DsaMovers();
                Arena arena = Arena.ofShared();
                var recording = new Recording()) {
            for (int i = 0; i < 2; i++) {
                devices.device(new DeviceSettings().queue(QueueSettings.shared(16)), faults,
                        DeviceModel.Observer.NONE);
            }
            devices.devices.inline();
            MemorySegment from = arena.allocate(LONG);
            MemorySegment to = arena.allocate(LONG);
            try (DsaDataMover mover = devices.builder().offloadFrom(64).open();
                    DsaDataMover strict = devices.builder().queues("wq1.0").fallback(false).open();
                    Vdm sync = SyncDataMover.open()) {
                recording.enable("io.github.vdm4j.Operation");
                recording.start();
                mover.memcpy(to, from).await();
                strict.memcpy(to.asSlice(0, 4096), from.asSlice(0, 4096)).await();
                Batch batch = strict.batch();
                for (int i = 0; i < 8; i++) {
                    batch.memcpy(to.asSlice(i * 100, 100), from.asSlice(i * 100, 100));
                }
                batch.submit().await();
                mover.memcpy(to.asSlice(0, 32), from.asSlice(0, 32)).await();
                sync.memcpy(to.asSlice(0, 32), from.asSlice(0, 32)).await();
                status.set(HARDWARE_ERROR);
                mover.memcpy(to.asSlice(0, 4096), from.asSlice(0, 4096)).await();
                VdmFuture<?> failed = strict.memcpy(to.asSlice(0, 4096), from.asSlice(0, 4096));
                failed.busyPoll();
                recording.stop();
                recording.dump(file);
            }
        }
        for (RecordedEvent event : RecordingFile.readAllEvents(file)
                .stream()
                .sorted(Comparator.comparing(RecordedEvent::getStartTime))
                .toList()) {
            System.out.printf("event %s %s %s %s%n", event.getString("operation"),
                    event.getString("path"), event.getString("status"), event.getString("queue"));
        }
    }
}
