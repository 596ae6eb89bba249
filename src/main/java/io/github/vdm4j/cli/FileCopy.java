package io.github.vdm4j.cli;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmException;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.cli.MoverOptions.ChosenMover;
import io.github.vdm4j.machine.Message;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;

/**
 * The copy of a file through a mover. The target's name keeps its old content until the copy is
 * complete. If {@code durable} is set, the storage receives the data, then the metadata, then the
 * name, then the folder's entry.
 *
 * @param source a regular file
 * @param target a regular file or a free name. The name is not a symbolic link
 * @param durable whether the copy must survive a power cut
 * @param verify whether to read both files again and compare their checksums
 * @param chunk bytes in an operation
 * @param depth operations in flight
 */
record FileCopy(Path source, Path target, boolean durable, boolean verify, long chunk,
        int depth) {
    private static final int BUFFER = 1 << 20;

    /**
     * The outcome of a copy. Its components, in this order, are the keys of the JSON.
     *
     * @param nanos the time until the target existed, without the verification
     * @param chunks the number of chunks by path
     * @param crc32c the CRC-32C of both files in hexadecimal digits, or null without verification
     */
    record Outcome(String source, String target, long bytes, long nanos, String mover,
            Map<ExecutionPath, Long> chunks, boolean durable, String crc32c) {
        /** Returns the line that the command prints. */
        @Override
        public String toString() {
            double seconds = nanos / 1e9;
            String line = String.format(Locale.ROOT,
                    "%d bytes in %.3f s, %.2f GiB/s, mover %s, path %s", bytes, seconds,
                    bytes / seconds / (1 << 30), mover, path());
            return crc32c == null ? line
                    : line + ", CRC-32C source %1$s target %1$s".formatted(crc32c);
        }

        private String path() {
            if (chunks.size() <= 1) {
                return chunks.keySet().stream().findFirst().orElse(ExecutionPath.NONE).toString();
            }
            return chunks.entrySet()
                    .stream()
                    .map(path -> path.getKey() + " (" + path.getValue() + " chunks)")
                    .collect(Collectors.joining(" and "));
        }
    }

    /** Copies the file. If the copy fails, no new file remains in the target's folder. */
    Outcome run(ChosenMover chosen, Progress progress) throws CommandFailure {
        long start = System.nanoTime();
        try (InputFile input = InputFile.open(source, "the source " + source, "copied");
                StagedFile staged = StagedFile.in(folder())) {
            refuseWithoutSpace(input.size());
            Map<ExecutionPath, Long> paths = copy(chosen, input, staged, progress);
            long verifying = System.nanoTime();
            String crc = verify ? "%08x".formatted(compare(input, staged.channel())) : null;
            long verified = System.nanoTime();
            input.refuseIfResized();
            publish(staged);
            long nanos = System.nanoTime() - start - (verified - verifying);
            return new Outcome(source.toString(), target.toString(), input.size(), nanos,
                    chosen.name(), paths, durable, crc);
        } catch (IOException e) {
            throw CommandFailure.of("cannot write " + target, e);
        }
    }

    private Path folder() {
        return target.toAbsolutePath().getParent();
    }

    private void refuseWithoutSpace(long size) throws CommandFailure {
        // Files.getFileStore needs the mount point, which is missing from /proc in a chroot.
        long usable = folder().toFile().getUsableSpace();
        // The copy must not fill the file system, because that would disturb its other users.
        // A file system of unknown size reports 0.
        if (usable > 0 && usable < size) {
            throw new CommandFailure(
                    Message.of("no space in %s: the copy needs %,d bytes and %,d are free",
                            folder(), size, usable));
        }
    }

    /** Maps the target after the allocation of its storage. No page can be missing later. */
    private OffHeapBuffer mapTarget(StagedFile staged, long size) throws CommandFailure {
        try {
            return staged.map(size);
        } catch (IOException e) {
            throw CommandFailure.of(Message.of("cannot write %,d bytes in %s", size, folder()),
                    e);
        }
    }

    /**
     * Makes the target durable with one force. MEM_DURABLE on every chunk would force the page
     * cache once for each chunk, and take longer.
     */
    private static void makeDurable(ChosenMover chosen, OffHeapBuffer target)
            throws CommandFailure {
        try {
            chosen.mover().flush(target.segment()).await();
        } catch (VdmException e) {
            throw new CommandFailure("cannot write the copy to its storage: " + e.getMessage(), e);
        }
    }

    private Map<ExecutionPath, Long> copy(ChosenMover chosen, InputFile input, StagedFile staged,
            Progress progress) throws CommandFailure {
        if (input.size() == 0) {
            return Map.of();
        }
        OffHeapBuffer to = mapTarget(staged, input.size());
        try {
            var pipeline = new ChunkPipeline(chosen.mover(), input.size(), chunk, depth, progress,
                    (operation, offset, length) -> operation.memcpy(to.slice(offset, length),
                            input.content().asSlice(offset, length)),
                    (operation, offset) -> true);
            Map<ExecutionPath, Long> paths = pipeline.run("copy " + source, input);
            if (durable) {
                makeDurable(chosen, to);
            }
            return paths;
        } finally {
            to.tryClose(); // A device that does not answer keeps the buffer. close() would hang.
        }
    }

    private static int compare(InputFile input, FileChannel copy)
            throws CommandFailure, IOException {
        int expected = crc32c(input.channel(), input.size());
        int actual = crc32c(copy, input.size());
        if (expected != actual) {
            throw new CommandFailure(
                    "the copy differs from the source: CRC-32C source %08x target %08x"
                            .formatted(expected, actual));
        }
        return actual;
    }

    /**
     * Returns the checksum of the first bytes of a file. It reads the file without a mapping,
     * because a CRC over a missing page would crash the JVM.
     *
     * @throws IOException if the file cannot be read or is too short
     */
    private static int crc32c(FileChannel file, long bytes) throws IOException {
        CRC32C crc = new CRC32C();
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
        for (long done = 0; done < bytes;) {
            int read = file.read(buffer.clear().limit((int) Math.min(BUFFER, bytes - done)), done);
            if (read < 0) {
                throw new IOException(Message.of("it ends after %,d of %,d bytes", done, bytes));
            }
            crc.update(buffer.flip());
            done += read;
        }
        return (int) crc.getValue();
    }

    private void publish(StagedFile staged) throws IOException, CommandFailure {
        Files.setPosixFilePermissions(staged.path(), Files.getPosixFilePermissions(source));
        if (durable) {
            staged.channel().force(true);
        }
        try {
            staged.moveTo(target);
        } catch (IOException e) {
            throw CommandFailure.of("cannot give the copy its name " + target, e);
        }
        if (durable) {
            forceFolder();
        }
    }

    private void forceFolder() throws CommandFailure {
        try (FileChannel folder = FileChannel.open(folder(), StandardOpenOption.READ)) {
            folder.force(true);
        } catch (IOException e) {
            throw CommandFailure.of(
                    "the copy %s is complete, but its name may not survive a power cut"
                            .formatted(target),
                    e);
        }
    }
}
