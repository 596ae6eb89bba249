package io.github.vdm4j.buffer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.vdm4j.dml.ChildJvm;
import io.github.vdm4j.dml.LibraryFiles;
import io.github.vdm4j.machine.PlatformName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A new file that is mapped")
class NewFileTest {
    private static final String OBSERVER = """
            #define _GNU_SOURCE
            #include <dlfcn.h>
            #include <errno.h>
            #include <stdio.h>
            #include <stdlib.h>
            #include <unistd.h>
            int fsync(int descriptor) {
                char link[64], path[4096];
                snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
                ssize_t length = readlink(link, path, sizeof path - 1);
                path[length < 0 ? 0 : length] = 0;
                fprintf(stderr, "fsync %s\\n", path);
                if (getenv("FIRST_SYNC_FAILS")) {
                    unsetenv("FIRST_SYNC_FAILS");
                    errno = EIO;
                    return -1;
                }
                return ((int (*)(int)) dlsym(RTLD_NEXT, "fsync"))(descriptor);
            }
            """;

    @TempDir private Path folder;

    /** A program that maps the file twice. After a failure, it maps the file once more. */
    static final class Mapping {
        private Mapping() {}

        public static void main(String[] arguments) throws IOException {
            for (int i = 0; i < 2; i++) {
                try {
                    OffHeapBuffer.map(Path.of(arguments[0]), 0, 4_096).close();
                } catch (IOException e) {
                    System.out.println(e.getMessage());
                    i--;
                }
            }
        }
    }

    private ChildJvm map(Path file, Map<String, String> environment)
            throws IOException, InterruptedException {
        assumeTrue(PlatformName.isLinuxX64(), "observes Linux");
        var variables = new HashMap<>(environment);
        variables.put("LD_PRELOAD", LibraryFiles.compiled(folder, OBSERVER).toString());
        ChildJvm child = ChildJvm.onClassPath(Duration.ofMinutes(1), variables,
                List.of("--enable-native-access=ALL-UNNAMED"), Mapping.class, file.toString());
        assertEquals(0, child.exitCode(), child::toString);
        assertEquals(4_096, Files.size(file));
        return child;
    }

    private static List<String> syncs(ChildJvm child) {
        return child.output().lines().filter(line -> line.startsWith("fsync ")).toList();
    }

    @Test
    void nameOfANewFileIsForcedOnce() throws IOException, InterruptedException {
        Path file = folder.toRealPath().resolve("new");
        assertEquals(List.of("fsync " + file.getParent()), syncs(map(file, Map.of())));
    }

    @Test
    void nameIsForcedAgainAfterAFailure() throws IOException, InterruptedException {
        Path file = folder.toRealPath().resolve("new");
        ChildJvm child = map(file, Map.of("FIRST_SYNC_FAILS", "1"));
        assertEquals(Collections.nCopies(2, "fsync " + file.getParent()), syncs(child));
        assertTrue(child.output().contains("did not exist before the call and now has 0 bytes"),
                child::toString);
    }

    @Test
    void nameOfAnEmptyFileIsForced() throws IOException, InterruptedException {
        Path file = Files.createFile(folder.toRealPath().resolve("empty"));
        assertEquals(List.of("fsync " + file.getParent()), syncs(map(file, Map.of())));
    }

    @Test
    void nameIsForcedWithoutProc() throws IOException, InterruptedException {
        assumeTrue(PlatformName.isLinuxX64(), "observes Linux");
        Path unshare = Path.of("/usr/bin/unshare");
        assumeTrue(Files.isExecutable(unshare), "needs unshare");
        Path java = Path.of(System.getProperty("java.home"));
        Path file = folder.toRealPath().resolve("new");
        ProcessBuilder command = new ProcessBuilder(unshare.toString(), "-r", "-m", "sh", "-c",
                "mount -t tmpfs none /proc || exit 77; export LD_PRELOAD=$0; exec \"$@\"",
                LibraryFiles.compiled(folder, OBSERVER).toString(),
                java.resolve("bin", "java").toString(), "--enable-native-access=ALL-UNNAMED",
                "-cp", ChildJvm.root(OffHeapBuffer.class) + ":" + ChildJvm.root(Mapping.class),
                Mapping.class.getName(), file.toString()).redirectErrorStream(true);
        // Without /proc, the launcher does not find its libraries.
        command.environment().put("LD_LIBRARY_PATH", java.resolve("lib").toString());
        Process child = command.start();
        String output = new String(child.getInputStream().readAllBytes(), UTF_8);
        assumeTrue(child.waitFor() != 77 && !output.contains("unshare: "), output);
        assertEquals(0, child.waitFor(), output);
        assertEquals(1, output.lines().filter(line -> line.startsWith("fsync ")).count(), output);
    }

    @Test
    void newFileIsMappedWithoutNativeAccess() throws IOException, InterruptedException {
        assumeTrue(Runtime.version().feature() >= 24, "--illegal-native-access came with JDK 24");
        Path file = folder.resolve("new");
        ChildJvm child = ChildJvm.onClassPath(Duration.ofMinutes(1), Map.of(),
                List.of("--illegal-native-access=deny"), Mapping.class, file.toString());
        assertEquals(0, child.exitCode(), child::toString);
        assertEquals(4_096, Files.size(file));
    }
}
