package io.github.vdm4j.cli;

import io.github.vdm4j.machine.Message;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A regular file whose whole content is mapped for reading. */
final class InputFile implements AutoCloseable {
    private final String name;
    private final String use;
    private final FileChannel channel;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment content;

    private InputFile(String name, String use, FileChannel channel) throws IOException {
        this.name = name;
        this.use = use;
        this.channel = channel;
        content = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
    }

    static InputFile open(Path path) throws CommandFailure {
        return open(path, path.toString(), "read");
    }

    /** Opens a file. Messages contain its name and its use, a participle. */
    static InputFile open(Path path, String name, String use) throws CommandFailure {
        refuseUnlessRegular(path, name, "");
        try {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
            try {
                refuseContentWithoutSize(channel, name);
                return new InputFile(name, use, channel);
            } catch (IOException | CommandFailure e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw CommandFailure.of("cannot read " + name, e);
        }
    }

    /** Requires that a file is a regular file or missing. */
    static void refuseUnlessRegular(Path path, String name, String hint) throws CommandFailure {
        if (Files.isDirectory(path)) {
            throw new CommandFailure(name + " is a directory: name a file" + hint);
        }
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw new CommandFailure(name + " is not a regular file");
        }
    }

    /** Files of /proc have the size 0. Their mapping would be empty. */
    private static void refuseContentWithoutSize(FileChannel channel, String name)
            throws IOException, CommandFailure {
        if (channel.size() == 0 && channel.read(ByteBuffer.allocate(1), 0) > 0) {
            throw new CommandFailure(name
                    + " cannot be mapped: its size is 0, but it has content."
                    + " Copy it with cat first");
        }
    }

    FileChannel channel() {
        return channel;
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
            throw CommandFailure.of("cannot read " + name, e);
        }
        if (now != size()) {
            throw new CommandFailure(Message.of("%s %s from %,d to %,d bytes while it was %s", name,
                    now < size() ? "shrank" : "grew", size(), now, use));
        }
    }

    @Override
    public void close() throws CommandFailure {
        arena.close();
        try {
            channel.close();
        } catch (IOException e) {
            throw CommandFailure.of("cannot read " + name, e);
        }
    }
}
