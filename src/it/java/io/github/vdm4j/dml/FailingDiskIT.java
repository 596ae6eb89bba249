package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.mover.SyncDataMover;
import io.github.vdm4j.mover.ThreadsDataMover;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A file system on an image. The image is larger than the tmpfs that holds it. The file has its
 * blocks, and writing them back fails with an I/O error. The test reproduces fault 13.
 */
@DisplayName("On a disk that fails")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FailingDiskIT {
    private static final int SIZE = 48 << 20;

    enum Mover {
        SYNC, THREADS, DML
    }

    @TempDir(cleanup = CleanupMode.NEVER) private Path folder;

    private final List<Path> mounted = new ArrayList<>();

    /** Returns the output if the command failed, or null. */
    private static String failure(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        assertTrue(process.waitFor(30, TimeUnit.SECONDS), () -> String.join(" ", command));
        return process.exitValue() == 0 ? null : String.join(" ", command) + ": " + output;
    }

    private static void require(String... command) throws IOException, InterruptedException {
        String failure;
        try {
            failure = failure(command);
        } catch (IOException e) {
            failure = e.getMessage();
        }
        String reason = failure;
        assumeTrue(reason == null, () -> "needs a file system of its own: " + reason);
    }

    private Path failingDisk() throws IOException, InterruptedException {
        assumeTrue("root".equals(System.getProperty("user.name")), "mounting needs root");
        Path tiny = Files.createDirectory(folder.resolve("tiny"));
        Path disk = Files.createDirectory(folder.resolve("disk"));
        Path image = tiny.resolve("image");
        require("mount", "-t", "tmpfs", "-o", "size=24M", "vdm4j", tiny.toString());
        mounted.addFirst(tiny);
        require("truncate", "-s", "128M", image.toString());
        require("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=1,nodiscard", image.toString());
        require("mount", "-o", "loop", image.toString(), disk.toString());
        mounted.addFirst(disk);
        return disk;
    }

    @AfterEach
    void unmount() throws IOException, InterruptedException {
        for (Path place : mounted) {
            if (failure("umount", place.toString()) != null) {
                failure("umount", "-l", place.toString());
            }
        }
        for (String name : List.of("tiny", "disk")) {
            Files.deleteIfExists(folder.resolve(name));
        }
        Files.deleteIfExists(folder);
    }

    private static Vdm open(Mover mover) {
        return switch (mover) {
            case SYNC -> SyncDataMover.open();
            case THREADS -> ThreadsDataMover.open();
            case DML -> {
                assumeTrue(DmlLibrary.whyUnavailable().isEmpty(), "needs libdml");
                yield DmlDataMover.open();
            }
        };
    }

    private static void assertFails(VdmFuture<?> future) {
        future.busyPoll();
        assertSame(VdmResult.IO_ERROR, future.result(), future::toString);
    }

    @ParameterizedTest
    @EnumSource
    void noOperationIsReportedDurableAfterAFailure(Mover kind)
            throws IOException, InterruptedException {
        Path file = failingDisk().resolve("data");
        try (Vdm mover = open(kind);
                OffHeapBuffer buffer = OffHeapBuffer.map(file, 0, SIZE);
                Arena arena = Arena.ofShared();
                FileChannel channel = FileChannel.open(
                        file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MemorySegment bare = channel.map(MapMode.READ_WRITE, 0, SIZE, arena);
            VdmFuture<?> fill = mover.memset(buffer.segment(), (byte) 0x77, VdmFlags.MEM_DURABLE);
            fill.busyPoll();
            assertSame(VdmResult.IO_ERROR, fill.result());
            assertEquals(IOException.class, fill.failure().getCause().getClass());
            for (int i = 0; i < 3; i++) {
                assertFails(mover.flush(buffer.segment()));
                assertFails(mover.flush(bare));
                assertFails(
                        mover.memset(buffer.slice(0, 1), (byte) 1, VdmFlags.MEM_DURABLE));
            }
            var refused = assertThrows(IOException.class, () -> OffHeapBuffer.map(file, 0, SIZE));
            assertTrue(refused.getMessage().contains("AFTER_FAILED_WRITE_BACK"),
                    refused.getMessage());
        }
    }
}
