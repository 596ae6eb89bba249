package io.github.vdm4j.buffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system that is mounted for a test. If the mount fails, JUnit skips the test. */
record Mounted(Path folder) implements AutoCloseable {
    /** A new file system in an image file. */
    static Mounted disk(Path parent, String type, long size) throws Exception {
        Path image = parent.resolve(type + ".img");
        try (var file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(size);
        }
        attempt("mkfs." + type, "-q", "-F", image.toString());
        return mount(parent.resolve(type), "-o", "loop", image.toString());
    }

    /** Mounts a file system. The arguments are those of mount, without the folder. */
    static Mounted mount(Path folder, String... arguments) throws Exception {
        Files.createDirectories(folder);
        String[] command = new String[arguments.length + 2];
        command[0] = "mount";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        command[arguments.length + 1] = folder.toString();
        attempt(command);
        return new Mounted(folder);
    }

    private static void attempt(String... command) throws Exception {
        String reason;
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(),
                    StandardCharsets.UTF_8).strip();
            if (process.waitFor() == 0) {
                return;
            }
            reason = said;
        } catch (IOException e) {
            reason = e.getMessage();
        }
        assumeTrue(false, "needs root and " + command[0] + ": " + reason);
    }

    @Override
    public void close() throws IOException {
        Process umount = new ProcessBuilder("umount", folder.toString()).start();
        assertEquals(0, umount.onExit().join().exitValue(), "umount " + folder);
    }
}
