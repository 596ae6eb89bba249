package io.github.vdm4j.emulator;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An emulator in a separate process. It serves a folder. */
public final class EmulatorProcess implements AutoCloseable {
    private static final long SECONDS_TO_END = 30;

    private final Process process;
    private final Path folder;
    private final Path errors;

    private EmulatorProcess(Process process, Path folder, Path errors) {
        this.process = process;
        this.folder = folder;
        this.errors = errors;
    }

    /**
     * Starts an emulator. If FUSE cannot be mounted, it skips the test and names the failed call.
     *
     * @param folder the folder to serve
     * @param options options of the command
     * @return the emulator, when it is ready
     * @throws IOException if the process cannot be started
     */
    public static EmulatorProcess start(Path folder, String... options) throws IOException {
        Path errors = Files.createTempFile("dsa-emulator", ".err");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED", "-cp",
                Path.of("target", "test-classes").toAbsolutePath().toString(),
                EmulatorCommand.class.getName()));
        command.addAll(List.of(options));
        command.add(folder.toString());
        Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
        BufferedReader output = process.inputReader();
        String line = output.readLine();
        while (line != null && !line.equals("ready")) {
            line = output.readLine();
        }
        if (line == null) {
            String said = Files.readString(errors).strip();
            if (!said.matches("dsa-emulator: (open|mount) of .* failed with errno .*")) {
                throw new AssertionError("the emulator does not start: " + said);
            }
            abort("needs FUSE: " + said);
        }
        return new EmulatorProcess(process, folder, errors);
    }

    /**
     * Returns the folder with the nodes of the queues.
     *
     * @return the folder
     */
    public Path devices() {
        return folder.resolve("devices");
    }

    /**
     * Returns the folder with the attributes.
     *
     * @return the folder
     */
    public Path sysfs() {
        return folder.resolve("sysfs");
    }

    /** Kills the process. It cannot unmount. */
    public void kill() {
        process.destroyForcibly();
        await();
    }

    /**
     * Ends the standard input of the emulator and waits for its end.
     *
     * @return its standard error
     * @throws IOException if that cannot be read
     */
    public String end() throws IOException {
        process.getOutputStream().close();
        await();
        return Files.readString(errors);
    }

    private void await() {
        try {
            if (!process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
                throw new AssertionError("the emulator does not end");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws IOException {
        boolean unmounts = process.isAlive();
        end();
        if (!unmounts) {
            SystemCalls.unmount(devices().toString());
        }
        Files.delete(errors);
    }
}
