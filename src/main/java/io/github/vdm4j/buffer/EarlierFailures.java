package io.github.vdm4j.buffer;

import io.github.vdm4j.machine.FailureName;
import io.github.vdm4j.memory.MappedFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;

/** The check of a file for write-backs that failed in this process. */
final class EarlierFailures {
    private EarlierFailures() {}

    /**
     * Throws if a write-back of a file has failed, unless the options accept a failed file. The
     * check does not change the file. It maps a byte, because only the list of mappings identifies
     * a file on every file system.
     *
     * @return the number of failures before the new mapping. The new mapping ignores these failures
     * @throws FileSystemException if a write-back of the file has failed
     */
    static int check(Path file, FileChannel channel, MapOption... options) throws IOException {
        int failures = MappedFile.failures();
        boolean accepted = List.of(options).contains(MapOption.AFTER_FAILED_WRITE_BACK);
        if (failures > 0 && !accepted && channel.size() > 0) {
            try (Arena arena = Arena.ofConfined()) {
                if (MappedFile.of(channel.map(MapMode.READ_ONLY, 0, 1, arena)).hasFailed()) {
                    throw new FileSystemException(
                            file.toString(),
                            null,
                            FailureName.IO_ERROR.endOf(
                                    "a write-back of the file failed in this process, and which"
                                            + " of its bytes are lost is unknown. Verify the file"
                                            + " or restore it from a copy, then map it with"
                                            + " MapOption.AFTER_FAILED_WRITE_BACK"
                                            + " (docs/durability.md)"));
                }
            }
        }
        return failures;
    }
}
