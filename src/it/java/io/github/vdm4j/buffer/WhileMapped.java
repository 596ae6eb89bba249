package io.github.vdm4j.buffer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * A program that writes a file while a second thread maps it repeatedly, and counts the lost bytes.
 */
final class WhileMapped {
    private static final int SIZE = 32 << 20;
    private static final int ROUNDS = 3;
    private static final byte WRITTEN = 0x55;

    private WhileMapped() {}

    /** The first argument is the file. */
    public static void main(String[] arguments) throws Exception {
        Path file = Path.of(arguments[0]);
        System.out.println("bytes lost: " + bytesLost(file, true) + ", " + bytesLost(file, false));
    }

    /**
     * @param sparse whether the file first has its length without storage. If it does not, the
     *         writer and the mapping thread extend it
     */
    static long bytesLost(Path file, boolean sparse) throws Exception {
        long lost = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Files.deleteIfExists(file);
            try (FileChannel channel =
                    FileChannel.open(file, StandardOpenOption.CREATE_NEW,
                            StandardOpenOption.WRITE)) {
                if (sparse) {
                    channel.write(ByteBuffer.allocate(1), SIZE - 1);
                }
                Thread writer = Thread.ofPlatform().start(() -> write(channel));
                do {
                    OffHeapBuffer.map(file, 0, SIZE).close();
                } while (writer.isAlive());
                writer.join();
            }
            byte[] content = Files.readAllBytes(file);
            for (int i = 0; i < SIZE; i++) {
                lost += content[i] == WRITTEN ? 0 : 1;
            }
        }
        return lost;
    }

    private static void write(FileChannel channel) {
        byte[] block = new byte[4096];
        Arrays.fill(block, WRITTEN);
        try {
            for (int at = 0; at < SIZE; at += block.length) {
                channel.write(ByteBuffer.wrap(block), at);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
