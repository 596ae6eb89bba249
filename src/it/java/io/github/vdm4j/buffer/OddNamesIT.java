package io.github.vdm4j.buffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.vdm4j.dml.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Names that Java cannot spell")
class OddNamesIT {
    @TempDir private Path folder;

    @ParameterizedTest(name = "locale {0}, option {1}")
    @CsvSource({
        "POSIX, --enable-native-access=ALL-UNNAMED", "C.UTF-8, --enable-native-access=ALL-UNNAMED",
        "POSIX, -XX:+UseSerialGC", "C.UTF-8, -XX:+UseSerialGC"})
    @DisplayName("05: the file is mapped")
    void fileIsMapped(String locale, String option) throws Exception {
        // UTF-8, Latin-1, and characters that a URI encodes.
        String create = "for n in 'caf\\303\\251' 'x\\377y' 'a %%41?#b'; do"
                + " head -c 8192 /dev/zero >\"$(printf \"$n\")\" || exit 1; done";
        Process shell = new ProcessBuilder("sh", "-c", create).directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(shell.getInputStream().readAllBytes());
        assumeTrue(shell.waitFor() == 0, said);
        ChildJvm child = ChildJvm.onClassPath(Duration.ofMinutes(1), Map.of("LC_ALL", locale),
                List.of(option), MapAll.class, folder.toString());
        assertEquals("mapped 3 of 3", child.output().strip(), child::toString);
    }

    /** A program that maps every file of a folder in both ways and writes into it. */
    static final class MapAll {
        private MapAll() {}

        public static void main(String[] arguments) throws IOException {
            int mapped = 0;
            int files = 0;
            try (var folder = Files.newDirectoryStream(Path.of(arguments[0]))) {
                for (Path file : folder) {
                    files++;
                    try (var buffer = OffHeapBuffer.map(file, 0, 10_000);
                            var readOnly = OffHeapBuffer.mapReadOnly(file, 0, 10_000)) {
                        buffer.segment().fill((byte) 4);
                        mapped += readOnly.segment().mismatch(buffer.segment()) < 0 ? 1 : 0;
                    } catch (IOException e) {
                        System.out.println(e);
                    }
                }
            }
            System.out.println("mapped " + mapped + " of " + files);
        }
    }
}
