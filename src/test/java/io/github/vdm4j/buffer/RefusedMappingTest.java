package io.github.vdm4j.buffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.vdm4j.machine.PlatformName;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The messages about files that the system does not open. */
class RefusedMappingTest {
    @TempDir private Path folder;

    private static void assertRefused(Class<? extends FileSystemException> type, Path file,
            boolean write, String why) throws IOException {
        var refused = assertThrows(type, () -> {
            if (write) {
                OffHeapBuffer.map(file, 0, 7);
            } else {
                OffHeapBuffer.mapReadOnly(file, 0, 7);
            }
        });
        assertEquals(file + ": mapping 7 bytes at offset 0 failed: " + why
                + " [VDM-MAPPING-FAILED]", refused.getMessage());
        assertTrue(refused.getCause() instanceof IOException, () -> "" + refused.getCause());
        assertTrue(Files.readString(Path.of("docs", "troubleshooting.md")).contains(why), why);
    }

    @Test
    void fileOfTooManyBytesHasARemedy() throws IOException {
        Path file = folder.resolve("file");
        try {
            OffHeapBuffer.map(file, 1L << 60, 7).close();
        } catch (FileSystemException e) {
            String why = "no storage: fallocate: File too large. Map a part that ends earlier, or"
                    + " raise the limit of the process (RLIMIT_FSIZE, ulimit -f). The file did not"
                    + " exist before the call and now has 0 bytes.";
            assumeTrue(PlatformName.nativeCallsAllowed(), "the file is extended with writes");
            assertTrue(e.getMessage().contains(why), e::getMessage);
            assertTrue(Files.readString(Path.of("docs", "troubleshooting.md")).contains(why), why);
            assertEquals(0, Files.size(file));
            return;
        }
        abort("the file system of " + folder + " has files of this size");
    }

    @Test
    void missingFolderHasARemedy() throws IOException {
        assertRefused(NoSuchFileException.class, folder.resolve("no/file"), true,
                "the folder of the file does not exist. Create the folder.");
    }

    @Test
    void missingFileHasARemedy() throws IOException {
        assertRefused(NoSuchFileException.class, folder.resolve("missing"), false,
                "the file does not exist. Map it with OffHeapBuffer.map to create it.");
    }

    /** The kernel refuses to write this file, also for root. */
    @Test
    void missingPermissionHasARemedy() throws IOException {
        Path file = Path.of("/proc/sys/kernel/ostype");
        assumeTrue(Files.exists(file), "no " + file + " here");
        assertRefused(AccessDeniedException.class, file, true,
                "permission denied. Permit this process to read and write the file, or use"
                        + " OffHeapBuffer.mapReadOnly.");
    }

    @Test
    void runningProgramHasARemedy() throws Exception {
        Path program = folder.resolve("program");
        assumeTrue(Files.exists(Path.of("/bin/sleep")), "no program /bin/sleep here");
        Files.copy(Path.of("/bin/sleep"), program, StandardCopyOption.COPY_ATTRIBUTES);
        Process running = new ProcessBuilder(program.toString(), "60").start();
        try {
            assumeTrue(running.isAlive(), program + " does not run");
            FileSystemException refused = assertThrows(FileSystemException.class,
                    () -> OffHeapBuffer.map(program, 0, 7));
            String why = "Text file busy. The file is a running program. End its processes, or map"
                    + " a copy.";
            assertTrue(refused.getMessage().endsWith(why + " [VDM-MAPPING-FAILED]"),
                    refused::getMessage);
        } finally {
            running.destroyForcibly().waitFor();
        }
    }
}
