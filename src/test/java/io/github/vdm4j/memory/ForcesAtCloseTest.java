package io.github.vdm4j.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.dml.DmlDataMover;
import io.github.vdm4j.dml.DmlMovers;
import io.github.vdm4j.dml.DmlPath;
import io.github.vdm4j.dml.simulated.Plan;
import io.github.vdm4j.dml.simulated.SimulatedDml;
import io.github.vdm4j.future.FutureState;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The close of a mover while an operation on the device still needs a force. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ForcesAtCloseTest {
    private static boolean isInside(Thread thread, String method) {
        return Arrays.stream(thread.getStackTrace())
                .anyMatch(frame -> frame.getMethodName().equals(method)
                        && frame.getClassName().startsWith("io.github.vdm4j"));
    }

    @Test
    void closeAwaitsForceAfterTheDevice(@TempDir Path folder) throws Exception {
        var mayForce = new CountDownLatch(1);
        var forcing = new CountDownLatch(1);
        var log = new WriteBackLog().storage(range -> {
            forcing.countDown();
            try {
                mayForce.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        });
        try (var dml = new SimulatedDml().withHardware();
                Arena arena = Arena.ofShared();
                FileChannel channel = FileChannel.open(folder.resolve("file"),
                        StandardOpenOption.CREATE, StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            MemorySegment range = channel.map(MapMode.READ_WRITE, 0, 4096, arena);
            DmlDataMover mover = DmlMovers.builder(log.engines(true))
                    .library(dml.library())
                    .path(DmlPath.HARDWARE)
                    .open();
            dml.next(Plan.hold());
            VdmFuture<VdmOutput> fill = mover.memset(range, (byte) 7, VdmFlags.MEM_DURABLE);
            assertEquals(FutureState.RUNNING, fill.poll());
            Thread closer = Thread.ofPlatform().start(mover::close);
            while (!isInside(closer, "finishAbandoned")) {
                Thread.onSpinWait();
            }
            dml.releaseAll();
            forcing.await();
            while (closer.isAlive() && !isInside(closer, "awaitForces")) {
                Thread.onSpinWait();
            }
            assertNotSame(Thread.State.TERMINATED, closer.getState(), "the force has not ended");
            mayForce.countDown();
            closer.join();
            assertSame(FutureState.COMPLETE, fill.state());
            assertEquals(VdmResult.SUCCESS, fill.result());
        }
    }
}
