package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.mover.SyncDataMover;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Durable copies to an ordinary mapped file")
class ForceEverywhereIT {

    /**
     * H27: some of these options crash JDK 25 on MAP_SYNC mappings. The options must not affect
     * ordinary files.
     */
    @ParameterizedTest
    @ValueSource(strings = {
        "-Xint", "-XX:TieredStopAtLevel=0", "-XX:TieredStopAtLevel=1", "-XX:TieredStopAtLevel=2",
        "-XX:TieredStopAtLevel=3", "-Xmixed"})
    void durableCopiesWorkWithAnyCompiler(String option) {
        ChildJvm child = ChildJvm.onClassPath(
                Duration.ofMinutes(1),
                List.of(option, "--enable-native-access=ALL-UNNAMED"),
                DurableCopies.class,
                DmlLibrary.whyUnavailable().isEmpty() ? "with DML" : "without");
        assertEquals(0, child.exitCode(), child::toString);
    }

    /** The program that the child JVM runs. */
    static final class DurableCopies {
        private DurableCopies() {}

        public static void main(String[] arguments) throws Exception {
            copy(SyncDataMover.open());
            if (arguments[0].equals("with DML")) {
                copy(DmlDataMover.open(DmlPath.SOFTWARE));
            }
        }

        private static void copy(Vdm mover) throws Exception {
            Path file = Files.createTempFile(Path.of("").toAbsolutePath(), "durable", "");
            try (mover;
                    Arena arena = Arena.ofShared();
                    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ,
                            StandardOpenOption.WRITE)) {
                MemorySegment mapped =
                        channel.map(FileChannel.MapMode.READ_WRITE, 0, 100_000, arena);
                MemorySegment source = arena.allocate(50_000).fill((byte) 9);
                mover.memcpy(mapped.asSlice(77, 50_000), source, VdmFlags.MEM_DURABLE).await();
                mover.flush(mapped).await();
            }
            if (Files.readAllBytes(file)[77 + 49_999] != 9) {
                throw new AssertionError("the bytes are not in the file");
            }
        }
    }
}
