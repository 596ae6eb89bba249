package io.github.vdm4j.cli;

import io.github.vdm4j.ExecutionPath;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * The outcome of a copy.
 *
 * @param bytes the number of copied bytes
 * @param nanos the time until the target existed, without the verification
 * @param mover the name of the mover on the command line
 * @param paths the number of chunks by path
 * @param crc the CRC-32C of both files, if the command line asks for it
 */
record CopyOutcome(
        long bytes, long nanos, String mover, Map<ExecutionPath, Long> paths, OptionalInt crc) {

    /** Returns the line that the command prints. */
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
