package io.github.vdm4j.buffer;

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
            #include <stdio.h>
            #include <unistd.h>
            int fsync(int descriptor) {
                char link[64], path[4096];
                snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
                ssize_t length = readlink(link, path, sizeof path - 1);
                path[length < 0 ? 0 : length] = 0;
                fprintf(stderr, "fsync %s\\n", path);
                return ((int (*)(int)) dlsym(RTLD_NEXT, "fsync"))(descriptor);
            }
            """;

    @TempDir private Path folder;

    /** A program that maps the file twice. */
    static final class Mapping {
        private Mapping() {}

        public static void main(String[] arguments) throws IOException {
            for (int i = 0; i < 2; i++) {
                OffHeapBuffer.map(Path.of(arguments[0]), 0, 4_096).close();
            }
        }
    }

    @Test
    void nameOfANewFileIsForcedOnce() throws IOException, InterruptedException {
        assumeTrue(PlatformName.isLinuxX64(), "observes Linux");
        Path observer = LibraryFiles.compiled(folder, OBSERVER);
        Path file = folder.toRealPath().resolve("new");
        ChildJvm child = ChildJvm.onClassPath(Duration.ofMinutes(1),
                Map.of("LD_PRELOAD", observer.toString()),
                List.of("--enable-native-access=ALL-UNNAMED"), Mapping.class, file.toString());
        assertEquals(0, child.exitCode(), child::toString);
        List<String> synced =
                child.output().lines().filter(line -> line.startsWith("fsync ")).toList();
        assertEquals(List.of("fsync " + file.getParent()), synced);
        assertTrue(file.toFile().exists());
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
