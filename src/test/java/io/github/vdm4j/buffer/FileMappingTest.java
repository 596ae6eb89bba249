package io.github.vdm4j.buffer;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.vdm4j.DurabilityDomain;
import io.github.vdm4j.platform.PlatformName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileMappingTest {
    @TempDir private Path folder;

    private Path file() {
        return folder.resolve("file");
    }

    private static byte[] noise(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    /** What the file takes on the storage, which for a sparse file is less than its size. */
    private static long storage(Path file) throws IOException, InterruptedException {
        Process stat =
                new ProcessBuilder("stat", "-c", "%b %B", file.toString()).redirectErrorStream(true)
                        .start();
        String said =
                new String(stat.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assumeTrue(stat.waitFor() == 0, said);
        String[] numbers = said.split(" ");
        return Long.parseLong(numbers[0]) * Long.parseLong(numbers[1]);
    }

    @Test
    void aMissingFileIsCreatedAsLongAsThePart() throws IOException {
        try (OffHeapBuffer buffer = OffHeapBuffer.map(file(), 4096, 5000)) {
            assertEquals(9096, Files.size(file()));
            assertEquals(5000, buffer.byteSize());
            assertEquals(DurabilityDomain.PAGE, buffer.domain());
            assertFalse(buffer.isReadOnly());
            buffer.segment().fill((byte) 7);
        }
        byte[] expected = new byte[9096];
        Arrays.fill(expected, 4096, 9096, (byte) 7);
        assertArrayEquals(expected, Files.readAllBytes(file()));
    }

    @ParameterizedTest(name = "offset {0}, length {1}")
    @CsvSource({"0, 10000", "1, 9999", "4095, 2", "5000, 5000", "5000, 8000", "9999, 1", "10000, 1",
        "20000, 70000"})
    void whatIsInTheFileStaysAndIsSeenFromAnyOffset(int offset, int length) throws IOException {
        byte[] before = noise(10_000);
        Files.write(file(), before);
        try (OffHeapBuffer buffer = OffHeapBuffer.map(file(), offset, length)) {
            byte[] expected = Arrays.copyOfRange(
                    Arrays.copyOf(before, Math.max(before.length, offset + length)), offset,
                    offset + length);
            assertArrayEquals(expected, buffer.segment().toArray(JAVA_BYTE));
            buffer.segment().set(JAVA_BYTE, length - 1, (byte) 99);
        }
        byte[] after = Arrays.copyOf(before, Math.max(before.length, offset + length));
        after[offset + length - 1] = 99;
        assertArrayEquals(after, Files.readAllBytes(file()));
    }

    @Test
    void aFileThatIsLongerThanThePartKeepsItsLength() throws IOException {
        Files.write(file(), noise(10_000));
        OffHeapBuffer.map(file(), 0, 10).close();
        assertArrayEquals(noise(10_000), Files.readAllBytes(file()));
    }

    @Test
    void aNewFileHasAllOfItsStorage() throws Exception {
        assumeTrue(PlatformName.isLinuxX64(), "asks stat of Linux");
        OffHeapBuffer.map(file(), 0, 1 << 20).close();
        assertTrue(storage(file()) >= 1 << 20, "holes: " + storage(file()));
    }

    @Test
    void holesInThePartAreFilledAndThoseBesideItAreNot() throws Exception {
        assumeTrue(PlatformName.isLinuxX64(), "asks stat of Linux");
        try (FileChannel sparse =
                FileChannel.open(file(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            sparse.write(ByteBuffer.wrap(new byte[]{5}), 64 << 20);
        }
        long before = storage(file());
        assumeTrue(before < 1 << 20, "this file system has no holes");
        OffHeapBuffer.map(file(), 8 << 20, 4 << 20).close();
        long after = storage(file());
        assertTrue(after >= before + (4 << 20), before + " bytes of storage became " + after);
        assertTrue(after < 16 << 20, "more than the part was filled: " + after);
        assertEquals((64 << 20) + 1, Files.size(file()));
    }

    @Test
    void aReadOnlyPartIsReadOnlyAndNeedsTheFileToBeThereAndLongEnough() throws IOException {
        Files.write(file(), noise(10_000));
        try (OffHeapBuffer buffer = OffHeapBuffer.mapReadOnly(file(), 3, 9997)) {
            assertTrue(buffer.isReadOnly());
            assertArrayEquals(Arrays.copyOfRange(noise(10_000), 3, 10_000),
                    buffer.segment().toArray(JAVA_BYTE));
            assertThrows(IllegalArgumentException.class, () -> buffer.segment().fill((byte) 0));
        }
        var refused = assertThrows(IllegalArgumentException.class,
                () -> OffHeapBuffer.mapReadOnly(file(), 3, 9998));
        assertEquals(
                "mapping 9,998 bytes at offset 3 of " + file() + ": the file has 10,000 only",
                refused.getMessage());
        Path missing = folder.resolve("missing");
        assertThrows(NoSuchFileException.class, () -> OffHeapBuffer.mapReadOnly(missing, 0, 1));
        assertFalse(Files.exists(missing));
        assertEquals(10_000, Files.size(file()));
    }

    @ParameterizedTest
    @CsvSource({"-1, 1", "0, 0", "0, -1", "1, 9223372036854775807"})
    void aPartThatCannotBeIsRefusedWithItsValuesAndNoFileIsMade(long offset, long length) {
        for (boolean write : new boolean[]{true, false}) {
            var refused = assertThrows(
                    IllegalArgumentException.class,
                    () -> {
                        if (write) {
                            OffHeapBuffer.map(file(), offset, length);
                        } else {
                            OffHeapBuffer.mapReadOnly(file(), offset, length);
                        }
                    });
            assertTrue(
                    refused.getMessage()
                            .contains("%,d bytes at offset %,d".formatted(length, offset)),
                    refused.getMessage());
        }
        assertFalse(Files.exists(file()));
    }

    @Test
    void aFolderIsRefused() {
        var written =
                assertThrows(FileSystemException.class, () -> OffHeapBuffer.map(folder, 0, 1));
        assertTrue(written.getMessage().contains("Is a directory"), written.getMessage());
        var read = assertThrows(FileSystemException.class,
                () -> OffHeapBuffer.mapReadOnly(folder, 0, 1));
        assertTrue(read.getMessage().contains("is a directory"), read.getMessage());
    }

    @Test
    void aFolderThatIsNotThereIsNotMade() {
        Path inside = folder.resolve("no/file");
        assertThrows(NoSuchFileException.class, () -> OffHeapBuffer.map(inside, 0, 1));
        assertFalse(Files.exists(inside.getParent()));
    }

    @Test
    void aFileThatMayOnlyBeReadIsRefusedForWritingAndMappedForReading() throws IOException {
        assumeTrue(!"root".equals(System.getProperty("user.name")), "root may write every file");
        Files.write(file(), noise(100));
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("r--r--r--"));
        assertThrows(AccessDeniedException.class, () -> OffHeapBuffer.map(file(), 0, 1));
        try (OffHeapBuffer buffer = OffHeapBuffer.mapReadOnly(file(), 0, 100)) {
            assertArrayEquals(noise(100), buffer.segment().toArray(JAVA_BYTE));
        }
    }

    @Test
    void aFileThatCannotGrowThatLongStaysAsItWas() throws IOException {
        assumeTrue(PlatformName.isLinuxX64(),
                "elsewhere the file would be filled until the disk is full");
        Files.write(file(), noise(100));
        var failed = assertThrows(IOException.class, () -> OffHeapBuffer.map(file(), 7, 1L << 62));
        assertTrue(
                failed.getMessage()
                        .startsWith(
                                file() + ": no storage for 4,611,686,018,427,387,904 bytes at offset 7: posix_fallocate: "),
                failed.getMessage());
        assertArrayEquals(noise(100), Files.readAllBytes(file()));
    }

    @Test
    void aNewFileThatCannotBeThatLongIsNotLeftBehind() {
        assumeTrue(PlatformName.isLinuxX64(),
                "elsewhere the file would be filled until the disk is full");
        assertThrows(IOException.class, () -> OffHeapBuffer.map(file(), 0, 1L << 62));
        assertFalse(Files.exists(file()));
    }

    @Test
    void aFullStorageIsAnIoExceptionAndLeavesTheFileAsItWas() throws Exception {
        Path small = Files.createDirectory(folder.resolve("small"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small.toString()) == 0,
                "a small file system cannot be mounted here; root may");
        try {
            Path inside = small.resolve("file");
            Files.write(inside, noise(5000));
            var failed =
                    assertThrows(IOException.class, () -> OffHeapBuffer.map(inside, 0, 64 << 20));
            assertTrue(failed.getMessage().endsWith("posix_fallocate: No space left on device"),
                    failed.getMessage());
            assertArrayEquals(noise(5000), Files.readAllBytes(inside));
            Files.write(small.resolve("other"), noise(100_000)); // what was taken has been given back
        } finally {
            run("umount", small.toString());
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getInputStream().readAllBytes();
        return process.waitFor();
    }
}
