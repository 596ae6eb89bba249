package io.github.vdm4j.cli;

import io.github.vdm4j.buffer.OffHeapBuffer;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;

/**
 * A file with a temporary name in the target's folder. When the file is complete, it takes the
 * target's name. Otherwise the command removes it, at the latest when the JVM exits.
 */
final class StagedFile implements AutoCloseable {
    private static final long STEP = 256L << 20;

    private final Path path;
    private final Thread atExit = new Thread(this::discard, "vdm-remove-temporary-file");
    private FileChannel channel;
    private boolean moved;
    private boolean discarded;

    private StagedFile(Path path) {
        this.path = path;
    }

    /** Creates an empty file that only its owner can read. */
    static StagedFile in(Path folder) throws CommandFailure {
        // The temporary name must not contain the target's name, because that name can have the
        // maximum length.
        var file = new StagedFile(folder.resolve(".vdm-" + UUID.randomUUID() + ".part"));
        Runtime.getRuntime().addShutdownHook(file.atExit);
        try {
            file.create();
            return file;
        } catch (IOException e) {
            file.close();
            throw CommandFailure.of("cannot write to the folder " + folder, e);
        }
    }

    private synchronized void create() throws IOException {
        refuseIfDiscarded();
        channel = FileChannel.open(
                path,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ,
                        StandardOpenOption.WRITE),
                PosixFilePermissions
                        .asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    Path path() {
        return path;
    }

    /** Maps the file with the storage for a size. */
    OffHeapBuffer map(long size) throws IOException {
        return map(size, STEP);
    }

    /** Allocates the storage in steps, because {@link #discard} waits for the current step. */
    OffHeapBuffer map(long size, long step) throws IOException {
        for (long done = 0; size - done > step; done += step) {
            mapPart(done, step).close();
        }
        return mapPart(0, size);
    }

    private synchronized OffHeapBuffer mapPart(long offset, long length) throws IOException {
        refuseIfDiscarded(); // The mapping would create the file again.
        return OffHeapBuffer.map(path, offset, length);
    }

    FileChannel channel() {
        return channel;
    }

    /** Gives the file the name of the target. An existing target is replaced. */
    synchronized void moveTo(Path target) throws IOException {
        refuseIfDiscarded();
        Files.move(path, target, StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        moved = true;
    }

    private void refuseIfDiscarded() throws IOException {
        if (discarded) {
            throw new IOException("the command was interrupted");
        }
    }

    /** Removes the file unless it has the target's name. The JVM closes the channel at its exit. */
    private synchronized void discard() {
        discarded = true;
        if (channel != null && !moved) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                System.err.println(
                        "vdm: cannot remove the temporary file " + path + ": " + e.getMessage());
            }
        }
    }

    @Override
    public void close() {
        discard();
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // The data are durable already, and closing a channel writes nothing.
        }
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The JVM is exiting. The hook has removed the file or will find no file.
        }
    }
}
