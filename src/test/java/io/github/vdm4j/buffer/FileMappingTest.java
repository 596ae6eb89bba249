package io.github.vdm4j.buffer;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.vdm4j.DurabilityDomain;
import io.github.vdm4j.machine.PlatformName;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

    /** Returns the storage of the file. It is less than the size of a sparse file. */
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
    void missingFileIsCreatedWithTheLengthOfThePart() throws IOException {
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
    void contentIsKeptAndVisibleFromAnyOffset(int offset, int length) throws IOException {
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

    @ParameterizedTest(name = "offset {0}")
    @ValueSource(ints = {0, 4096, 5000})
    void adviceReachesTheWholeMapping(int offset) throws IOException {
        assumeTrue(PlatformName.nativeCallsAllowed(), "the advice is a native call");
        Files.write(file(), noise(20_000));
        try (OffHeapBuffer plain = OffHeapBuffer.map(file(), offset, 10_000);
                OffHeapBuffer advised =
                        OffHeapBuffer.map(file(), offset, 10_000, MapOption.RANDOM_ACCESS);
                OffHeapBuffer readOnly =
                        OffHeapBuffer.mapReadOnly(file(), offset, 10_000,
                                MapOption.RANDOM_ACCESS)) {
            for (int at : new int[]{0, 9_999}) {
                assertFalse(hasRandomAccess(plain.segment().address() + at), "at " + at);
                assertTrue(hasRandomAccess(advised.segment().address() + at), "at " + at);
                assertTrue(hasRandomAccess(readOnly.segment().address() + at), "at " + at);
            }
            assertArrayEquals(Arrays.copyOfRange(noise(20_000), offset, offset + 10_000),
                    advised.segment().toArray(JAVA_BYTE));
        }
    }

    /** Returns whether the flags of the mapping at an address contain the kernel's "rr". */
    private static boolean hasRandomAccess(long address) throws IOException {
        boolean here = false;
        for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
            String[] words = line.split(" +");
            if (words[0].matches("[0-9a-f]+-[0-9a-f]+")) {
                String[] ends = words[0].split("-");
                here = Long.compareUnsigned(address, Long.parseUnsignedLong(ends[0], 16)) >= 0
                        && Long.compareUnsigned(address, Long.parseUnsignedLong(ends[1], 16)) < 0;
            } else if (here && words[0].equals("VmFlags:")) {
                return Arrays.asList(words).contains("rr");
            }
        }
        throw new AssertionError("the kernel lists no mapping at " + Long.toHexString(address));
    }

    @Test
    void longerFileKeepsItsLength() throws IOException {
        Files.write(file(), noise(10_000));
        OffHeapBuffer.map(file(), 0, 10).close();
        assertArrayEquals(noise(10_000), Files.readAllBytes(file()));
    }

    @Test
    void newFileHasAllOfItsStorage() throws Exception {
        assumeTrue(PlatformName.isLinuxX64(), "asks stat of Linux");
        OffHeapBuffer.map(file(), 0, 1 << 20).close();
        assertTrue(storage(file()) >= 1 << 20, "holes: " + storage(file()));
    }

    @Test
    void onlyHolesInThePartGetStorage() throws Exception {
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
    void readOnlyPartRequiresALongEnoughFile() throws IOException {
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
                "mapping 9,998 bytes at offset 3 of " + file()
                        + ": the file has only 10,000 bytes. Map a"
                        + " shorter part, or use OffHeapBuffer.map to extend the file "
                        + "[VDM-MAPPING-FAILED]",
                refused.getMessage());
        Path missing = folder.resolve("missing");
        assertThrows(NoSuchFileException.class, () -> OffHeapBuffer.mapReadOnly(missing, 0, 1));
        assertFalse(Files.exists(missing));
        assertEquals(10_000, Files.size(file()));
    }

    @ParameterizedTest
    @CsvSource({"-1, 1", "0, 0", "0, -1", "1, 9223372036854775807"})
    void impossiblePartIsRefusedAndCreatesNoFile(long offset, long length) {
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
    @Timeout(20)
    void kernelFileIsRefusedAndNotWritten() throws IOException {
        Path name = Path.of("/proc/self/comm"); // A write changes the name of the process.
        assumeTrue(Files.isWritable(name), "no " + name + " here");
        byte[] before = Files.readAllBytes(name);
        var refused =
                assertThrows(FileSystemException.class, () -> OffHeapBuffer.map(name, 0, 7));
        assertTrue(refused.getMessage()
                .startsWith(name + ": mapping 7 bytes at offset 0 failed: "), refused.getMessage());
        assertTrue(refused.getMessage().contains("such as /proc, it cannot be mapped. The file"),
                refused.getMessage());
        if (PlatformName.nativeCallsAllowed()) {
            assertArrayEquals(before, Files.readAllBytes(name));
        }
    }

    @Test
    void readOnlyKernelFileIsRefused() {
        Path file = Path.of("/sys/kernel/notes");
        assumeTrue(Files.isReadable(file) && file.toFile().length() > 7, "no " + file + " here");
        var refused = assertThrows(FileSystemException.class,
                () -> OffHeapBuffer.mapReadOnly(file, 0, 7));
        assertEquals(file + ": mapping 7 bytes at offset 0 failed: No such device. If the file is"
                + " in a file system of the kernel, such as /proc, it cannot be mapped."
                + " [VDM-MAPPING-FAILED]", refused.getMessage());
    }

    /** Calls {@code map} or {@code mapReadOnly}. */
    private static OffHeapBuffer map(boolean write, Path file, long offset, long length)
            throws IOException {
        return write ? OffHeapBuffer.map(file, offset, length)
                : OffHeapBuffer.mapReadOnly(file, offset, length);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void directoryIsRefused(boolean write) {
        var refused =
                assertThrows(FileSystemException.class, () -> map(write, folder, 0, 4096));
        assertEquals(
                folder + ": mapping 4,096 bytes at offset 0 failed: the path is a directory."
                        + " Map a regular file. [VDM-MAPPING-FAILED]",
                refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Timeout(20)
    void fifoIsRefusedBeforeItIsOpened(boolean write) throws Exception {
        assumeTrue(run("mkfifo", file().toString()) == 0, "no mkfifo here");
        // Opening a FIFO for reading waits for a writer.
        assertRefusedAsSpecial(write, file());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void deviceIsRefusedWithARemedy(boolean write) {
        Path device = Path.of("/dev/zero");
        assumeTrue(Files.exists(device), "no /dev/zero here");
        assertRefusedAsSpecial(write, device);
    }

    private static void assertRefusedAsSpecial(boolean write, Path path) {
        var refused = assertThrows(FileSystemException.class, () -> map(write, path, 0, 4096));
        assertEquals(
                path + ": mapping 4,096 bytes at offset 0 failed: the path is a FIFO, a socket or"
                        + " a device. Map a regular file, or map a device DAX with"
                        + " OffHeapBuffer.mapDevice. [VDM-MAPPING-FAILED]",
                refused.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"true, 4096, 2097152", "true, 0, 4096", "false, 4096, 2097152",
        "false, 0, 4096"})
    void partOfHugePageIsRefusedWithPageSize(boolean write, long offset, long length)
            throws Exception {
        Path huge = Files.createDirectory(folder.resolve("huge"));
        assumeTrue(run("mount", "-t", "hugetlbfs", "none", huge.toString()) == 0,
                "hugetlbfs cannot be mounted here; root may");
        try {
            Path inside = huge.resolve("file");
            if (!write) {
                Files.createFile(inside);
            }
            var refused = assertThrows(FileSystemException.class,
                    () -> map(write, inside, offset, length));
            String page = "%,d".formatted(Files.getFileStore(huge).getBlockSize());
            assertEquals(
                    inside + ": mapping %,d bytes at offset %,d failed: hugetlbfs maps only whole"
                            .formatted(length, offset) + " pages of " + page
                            + " bytes. Pass an offset and a length that are multiples of the page"
                            + " size. [VDM-MAPPING-FAILED]",
                    refused.getMessage());
            assertEquals(!write, Files.exists(inside));
        } finally {
            run("umount", huge.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void pathInsideZipIsRefusedAndNothingChanges(boolean write) throws IOException {
        Files.write(file(), noise(10));
        URI archive = URI.create("jar:" + folder.resolve("z.zip").toUri());
        try (FileSystem zip = FileSystems.newFileSystem(archive, Map.of("create", "true"))) {
            // The same name exists on disk.
            Path inside = zip.getPath(file().toString());
            Files.createDirectories(inside.getParent());
            var refused =
                    assertThrows(IllegalArgumentException.class, () -> map(write, inside, 0, 8));
            assertEquals(
                    "mapping 8 bytes at offset 0 of " + inside + ": the path belongs to the file"
                            + " system \"jar\". Only files of the operating system can be mapped."
                            + " Copy the file to such a path first. [VDM-MAPPING-FAILED]",
                    refused.getMessage());
            assertFalse(Files.exists(inside));
        }
        assertArrayEquals(noise(10), Files.readAllBytes(file()));
    }

    @Test
    void pathInsideRuntimeImageIsRefused() {
        Path inside = Path.of(URI.create("jrt:/java.base/java/lang/Object.class"));
        var refused = assertThrows(IllegalArgumentException.class,
                () -> OffHeapBuffer.mapReadOnly(inside, 0, 1));
        assertTrue(refused.getMessage().contains("file system \"jrt\""), refused.getMessage());
    }

    @Test
    void symbolicLinkWithoutTargetCreatesTheTarget() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), file());
        try (OffHeapBuffer buffer = OffHeapBuffer.map(link, 0, 100)) {
            buffer.segment().fill((byte) 3);
        }
        assertEquals(100, Files.size(file()));
        assertTrue(Files.isSymbolicLink(link));
    }

    @Test
    void missingFolderIsNotCreated() {
        Path inside = folder.resolve("no/file");
        assertThrows(NoSuchFileException.class, () -> OffHeapBuffer.map(inside, 0, 1));
        assertFalse(Files.exists(inside.getParent()));
    }

    @Test
    void readOnlyFileIsRefusedForWriting() throws IOException {
        assumeTrue(!"root".equals(System.getProperty("user.name")), "root may write every file");
        Files.write(file(), noise(100));
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("r--r--r--"));
        assertThrows(AccessDeniedException.class, () -> OffHeapBuffer.map(file(), 0, 1));
        try (OffHeapBuffer buffer = OffHeapBuffer.mapReadOnly(file(), 0, 100)) {
            assertArrayEquals(noise(100), buffer.segment().toArray(JAVA_BYTE));
        }
    }

    @Test
    void fileThatCannotGrowIsUnchanged() throws IOException {
        Files.write(file(), noise(100));
        assumeStorageIsCounted();
        var failed = assertThrows(IOException.class, () -> OffHeapBuffer.map(file(), 7, 1L << 62));
        assertTrue(
                failed.getMessage()
                        .startsWith(file() + ": mapping 4,611,686,018,427,387,904 bytes"
                                + " at offset 7 failed: the part needs at least "),
                failed.getMessage());
        assertTrue(
                failed.getMessage()
                        .endsWith(
                                "Free space, or map a shorter part. The call changed nothing. "
                                        + "[VDM-MAPPING-FAILED]"),
                failed.getMessage());
        assertArrayEquals(noise(100), Files.readAllBytes(file()));
    }

    @Test
    void tooLongNewFileIsNotCreated() {
        var failed = assertThrows(IOException.class, () -> OffHeapBuffer.map(file(), 0, 1L << 62));
        assertTrue(failed.getMessage().endsWith("The call changed nothing. [VDM-MAPPING-FAILED]"),
                failed.getMessage());
        assertFalse(Files.exists(file()));
    }

    private static void assumeStorageIsCounted() {
        assumeTrue(PlatformName.nativeCallsAllowed(),
                "without native access vdm4j fills the disk before it fails");
    }

    @Test
    void fullStorageKeepsTheFileUnchanged() throws Exception {
        assumeStorageIsCounted();
        Path small = Files.createDirectory(folder.resolve("small"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small.toString()) == 0,
                "a small file system cannot be mounted here; root may");
        try {
            Path inside = small.resolve("file");
            Files.write(inside, noise(500_000));
            // The part overlaps the file. Its rest is larger than the free space.
            var failed = assertThrows(FileSystemException.class,
                    () -> OffHeapBuffer.map(inside, 500_000, 900_000));
            assertEquals(
                    inside + ": mapping 900,000 bytes at offset 500,000 failed: no storage:"
                            + " fallocate: No space left on device. Free space, or map a shorter"
                            + " part. The file still has 500,000 bytes. Storage that the call added"
                            + " stays with the file. If no other process uses the file, shorten or"
                            + " delete it to release the storage."
                            + " [VDM-MAPPING-FAILED]",
                    failed.getMessage());
            assertArrayEquals(noise(500_000), Files.readAllBytes(inside));
            Files.write(small.resolve("other"), noise(400_000)); // tmpfs has freed the pages.
        } finally {
            run("umount", small.toString());
        }
    }

    @Test
    void interruptedThreadChangesNothing() throws IOException {
        Thread.currentThread().interrupt();
        try {
            var failed = assertThrows(ClosedByInterruptException.class,
                    () -> OffHeapBuffer.map(file(), 0, 1 << 20));
            assertEquals(
                    "mapping 1,048,576 bytes at offset 0 of " + file() + " failed: the thread is"
                            + " interrupted. The call changed nothing. [VDM-MAPPING-FAILED]",
                    failed.getMessage());
        } finally {
            assertTrue(Thread.interrupted(), "the interrupt was lost");
        }
        assertFalse(Files.exists(file()));
    }

    @Test
    void interruptDuringTheCallReportsTheSize() throws Exception {
        int failures = 0;
        for (int round = 0; round < 2000 && failures < 20; round++) {
            boolean existed = round % 2 == 0;
            Files.deleteIfExists(file());
            if (existed) {
                Files.write(file(), noise(100));
            }
            Thread caller = Thread.currentThread();
            long delay = 1000L * (round % 500);
            Thread other = Thread.ofPlatform().start(() -> {
                LockSupport.parkNanos(delay);
                caller.interrupt();
            });
            try {
                OffHeapBuffer.map(file(), 0, 1 << 20).close();
            } catch (ClosedByInterruptException e) {
                failures++;
                assertStated(e, existed);
            }
            while (!Thread.interrupted()) {
                Thread.onSpinWait();
            }
            other.join();
        }
    }

    private void assertStated(ClosedByInterruptException failure, boolean existed)
            throws IOException {
        String message = failure.getMessage();
        if (message.endsWith("The call changed nothing. [VDM-MAPPING-FAILED]")) {
            assertEquals(existed, Files.exists(file()));
            return;
        }
        long size = Files.size(file());
        String stated = size == 100
                ? "The file still has 100 bytes."
                : existed ? "The file had 100 bytes before the call and now has %,d."
                        : "The file did not exist before the call and now has %,d bytes.";
        assertTrue(message.contains(stated.formatted(size)), message + ", has " + size);
    }

    private static int run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getInputStream().readAllBytes();
        return process.waitFor();
    }
}
