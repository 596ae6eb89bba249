package io.github.vdm4j.buffer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileStorageTest {
    @TempDir private Path folder;

    private static byte[] noise(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    /**
     * Opens the file by its name or by a descriptor. Skips the test if the system has no
     * descriptors.
     */
    private static FileStorage open(Path file, boolean byName) throws IOException {
        return byName ? FileStorage.byName(file) : FileStorage.open(file);
    }

    @Property(tries = 300)
    void growthKeepsBytesAndAppendsZeros(@ForAll @IntRange(max = 200_000) int size,
            @ForAll @IntRange(max = 200_000) int offset,
            @ForAll @IntRange(min = 1, max = 200_000) int length, @ForAll boolean byName)
            throws IOException {
        Path file = Files.createTempFile("vdm4j", "storage");
        try {
            Files.write(file, noise(size));
            try (FileStorage storage = open(file, byName)) {
                storage.provide(offset, length);
            }
            assertArrayEquals(Arrays.copyOf(noise(size), Math.max(size, offset + length)),
                    Files.readAllBytes(file));
        } finally {
            Files.delete(file);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void fileIsCreated(boolean byName) throws IOException {
        Path file = folder.resolve("file");
        try (FileStorage storage = open(file, byName)) {
            storage.provide(10, 20);
        }
        assertArrayEquals(new byte[30], Files.readAllBytes(file));
    }

    /** A writer that extends the file faster or slower than the appended zeros loses no byte. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void writerLosesNoByte(boolean byName) throws Exception {
        Path file = folder.resolve("file");
        int size = 16 << 20;
        byte[] block = new byte[4096];
        Arrays.fill(block, (byte) 0x55);
        for (int round = 0; round < 4; round++) {
            Files.deleteIfExists(file);
            try (FileChannel channel =
                    FileChannel.open(file, StandardOpenOption.CREATE_NEW,
                            StandardOpenOption.WRITE)) {
                Thread writer = Thread.ofPlatform().start(() -> {
                    for (int at = 0; at < size; at += block.length) {
                        try {
                            channel.write(ByteBuffer.wrap(block), at);
                        } catch (IOException e) {
                            return;
                        }
                    }
                });
                do {
                    try (FileStorage storage = open(file, byName)) {
                        storage.provide(0, size);
                    }
                } while (writer.isAlive());
                writer.join();
            }
            byte[] expected = new byte[size];
            Arrays.fill(expected, (byte) 0x55);
            assertArrayEquals(expected, Arrays.copyOf(Files.readAllBytes(file), size));
        }
    }

    @Test
    void openFileIsReachedAfterItWasRenamed() throws IOException {
        Path file = folder.resolve("file");
        Path moved = folder.resolve("moved");
        try (FileStorage storage = FileStorage.open(file)) {
            assumeFalse(storage.path().equals(file),
                    "there are no descriptors here");
            Files.move(file, moved);
            storage.provide(0, 100);
            assertEquals(100, Files.size(storage.path()));
        }
        assertEquals(100, Files.size(moved));
        assertThrows(NoSuchFileException.class, () -> Files.size(file));
    }
}
