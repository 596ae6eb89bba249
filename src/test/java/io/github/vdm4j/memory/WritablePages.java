package io.github.vdm4j.memory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The pages of the mapping of a file that a device could write. Linux write-protects a page of a
 * shared mapping when it cleans the page. A page is therefore writable exactly if it is dirty.
 */
public final class WritablePages {
    private final String path;

    /** Creates the pages of a file that is mapped once. */
    public WritablePages(Path file) throws IOException {
        path = file.toRealPath().toString();
    }

    /** Returns the number of writable bytes of the mapping. */
    public long bytes() {
        long kilobytes = 0;
        boolean found = false;
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
                if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
                    found = line.endsWith(path);
                } else if (found && line.matches("(Shared|Private)_Dirty:.*")) {
                    kilobytes += Long.parseLong(line.replaceAll("\\D", ""));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return kilobytes << 10;
    }
}
