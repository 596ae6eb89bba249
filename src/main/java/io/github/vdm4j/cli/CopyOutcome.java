package io.github.vdm4j.cli;

import io.github.vdm4j.ExecutionPath;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * What a copy did.
 *
 * @param bytes how many were copied
 * @param nanos how long it took until the target was there, verification not included
 * @param mover what the mover is called on the command line
 * @param paths how many chunks took which path
 * @param crc the CRC-32C of both files, if it was asked for
 */
record CopyOutcome(
        long bytes, long nanos, String mover, Map<ExecutionPath, Long> paths, OptionalInt crc) {

    /** The line that the command prints. */
    @Override
    public String toString() {
        double seconds = nanos / 1e9;
        String line = String.format(
                Locale.ROOT,
                "%d bytes in %.3f s, %.2f GiB/s, mover %s, path %s",
                bytes,
                seconds,
                bytes / seconds / (1 << 30),
                mover,
                path());
        return crc.isPresent()
                ? line + String.format(Locale.ROOT, ", CRC-32C source %1$08x target %1$08x",
                        crc.getAsInt())
                : line;
    }

    private String path() {
        if (paths.size() <= 1) {
            return paths.keySet().stream().findFirst().orElse(ExecutionPath.NONE).toString();
        }
        return paths.entrySet()
                .stream()
                .map(path -> path.getKey() + " (" + path.getValue() + " chunks)")
                .collect(Collectors.joining(" and "));
    }
}
