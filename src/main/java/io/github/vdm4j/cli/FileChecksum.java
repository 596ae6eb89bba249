package io.github.vdm4j.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32C;

/** The CRC-32C of a file's bytes. */
final class FileChecksum {
    private static final int BUFFER = 1 << 20;

    private FileChecksum() {}

    /**
     * Returns the checksum of the first bytes of a file. It reads the file without a mapping,
     * because a CRC over a missing page would crash the JVM.
     *
     * @throws IOException if the file cannot be read or is too short
     */
    static int crc32c(FileChannel file, long bytes) throws IOException {
        CRC32C crc = new CRC32C();
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
        for (long done = 0; done < bytes;) {
            int read = file.read(buffer.clear().limit((int) Math.min(BUFFER, bytes - done)), done);
            if (read < 0) {
                throw new IOException("it ends after %,d of %,d bytes".formatted(done, bytes));
            }
            crc.update(buffer.flip());
            done += read;
        }
        return (int) crc.getValue();
    }
}
