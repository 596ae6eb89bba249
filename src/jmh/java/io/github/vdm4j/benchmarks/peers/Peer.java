package io.github.vdm4j.benchmarks.peers;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A library of loops in C. gcc compiles it at its first use. The loops run in the same process and
 * on the same buffers as vdm4j. If gcc or a library is missing, the peer is missing, and {@link
 * #find} returns the reason.
 */
public final class Peer {
    /** The system property that names the folder for the output of gcc. */
    public static final String FOLDER = "vdm4j.benchmarks.folder";

    private static final Linker LINKER = Linker.nativeLinker();
    private static final FunctionDescriptor LOOP =
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG);

    private final SymbolLookup symbols;

    private Peer(Path library) {
        symbols = SymbolLookup.libraryLookup(library, Arena.global());
    }

    /**
     * The exception for a peer that cannot be built, or for another missing requirement of a
     * benchmark.
     */
    public static final class MissingException extends Exception {
        private static final long serialVersionUID = 1L;

        /**
         * Creates the exception.
         *
         * @param why the reason in one line
         */
        public MissingException(String why) {
            super(why);
        }
    }

    /**
     * Builds and opens a peer.
     *
     * @param name the name of its source
     * @param libraries the libraries to link
     * @return the opened peer
     * @throws MissingException with the report of gcc, if gcc cannot build the peer
     */
    public static Peer find(String name, String... libraries) throws MissingException {
        Path folder = Path.of(System.getProperty(FOLDER, "target/bench")).resolve("peers");
        Path library = folder.resolve("lib" + name + "-peer.so").toAbsolutePath();
        try {
            if (!Files.exists(library)) {
                Files.createDirectories(folder);
                compile(name, library, libraries);
            }
            return new Peer(library);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (IllegalArgumentException e) {
            throw new MissingException(name + ": " + e.getMessage());
        }
    }

    private static void compile(String name, Path library, String... libraries)
            throws IOException, MissingException {
        Path source = Files.createTempFile(library.getParent(), name, ".c");
        Path fresh = Files.createTempFile(library.getParent(), name, ".so");
        try {
            try (InputStream text = Peer.class.getResourceAsStream(name + ".c")) {
                Files.write(source, text.readAllBytes());
            }
            var command = new ArrayList<>(
                    List.of("gcc", "-O2", "-fPIC", "-shared", "-o", fresh.toString(),
                            source.toString(),
                            // Find missing symbols now, because a call of a missing symbol ends the
                            // JVM.
                            "-Wl,-z,defs", "-Wl,-z,now", "-Wl,--no-allow-shlib-undefined"));
            command.addAll(List.of(libraries));
            Process gcc;
            try {
                gcc = new ProcessBuilder(command).redirectErrorStream(true).start();
            } catch (IOException e) {
                throw new MissingException(name + ": gcc cannot be started: " + e.getMessage());
            }
            String output = new String(gcc.getInputStream().readAllBytes());
            if (waitFor(gcc) != 0) {
                throw new MissingException(name + ", linked with "
                        + String.join(" ", libraries) + ": "
                        + reason(output.replace(source.toString(), name + ".c")));
            }
            Files.move(fresh, library, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(source);
            Files.deleteIfExists(fresh);
        }
    }

    /**
     * Returns the cause from the output of gcc. The linker names a missing library or symbol in
     * separate lines. The last line, "collect2: error", contains no cause.
     */
    private static String reason(String output) {
        List<String> lines = output.lines()
                .filter(line -> line.contains("error") || line.contains("cannot")
                        || line.contains("undefined"))
                .filter(line -> !line.startsWith("collect2:"))
                .map(line -> line.replaceFirst("^\\S*/ld: ", "ld: "))
                .toList();
        return lines.isEmpty() ? "gcc failed: " + output.strip()
                : lines.getFirst()
                        + (lines.size() > 1 ? " (and " + (lines.size() - 1) + " lines more)" : "");
    }

    private static int waitFor(Process process) {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Returns the handle of a loop in C.
     *
     * @param name the function, of the shape {@code int f(void *context, void *to, const void
     *     *from, size_t length, long times)}
     * @return a handle of that shape
     */
    public MethodHandle loop(String name) {
        return LINKER.downcallHandle(symbols.find(name).orElseThrow(), LOOP);
    }

    /**
     * Creates the data that the loops of a peer need.
     *
     * @param name the function, without parameters
     * @return the pointer that the function returns
     */
    public MemorySegment make(String name) {
        try {
            var made = (MemorySegment) LINKER
                    .downcallHandle(symbols.find(name).orElseThrow(),
                            FunctionDescriptor.of(ADDRESS))
                    .invokeExact();
            if (made.equals(MemorySegment.NULL)) {
                throw new IllegalStateException(name + " failed");
            }
            return made;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
