package io.github.vdm4j.cli;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A regular file whose whole content is mapped for reading. */
final class InputFile implements AutoCloseable {
    private final Path path;
    private final FileChannel channel;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment content;

    private InputFile(Path path, FileChannel channel) throws IOException {
        this.path = path;
        this.channel = channel;
        content = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
    }

    static InputFile open(Path path) throws CommandFailure {
        if (Files.isDirectory(path)) {
            throw new CommandFailure(path + " is a directory: name a file");
        }
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw new CommandFailure(path + " is not a regular file");
        }
        try {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
            try {
                return new InputFile(path, channel);
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw CommandFailure.of("cannot read " + path, e);
        }
    }

    MemorySegment content() {
        return content;
    }

    long size() {
        return content.byteSize();
    }

    /** Requires that the file has kept its size. Otherwise the mapping differs from the file. */
    void refuseIfResized() throws CommandFailure {
        long now;
        try {
            now = channel.size();
        } catch (IOException e) {
            throw CommandFailure.of("cannot read " + path, e);
        }
        if (now != size()) {
            throw new CommandFailure(
                    "%s %s from %,d to %,d bytes while it was read"
                            .formatted(path, now < size() ? "shrank" : "grew", size(), now));
        }
    }

    @Override
    public void close() throws CommandFailure {
        arena.close();
        try {
            channel.close();
        } catch (IOException e) {
            throw CommandFailure.of("cannot read " + path, e);
        }
    }
}
