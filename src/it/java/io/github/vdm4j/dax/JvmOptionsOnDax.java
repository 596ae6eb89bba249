package io.github.vdm4j.dax;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.mover.SyncDataMover;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import jdk.nio.mapmode.ExtendedMapMode;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@OnDax
@DisplayName("Without the C2 compiler, the JDK's force() crashes")
class JvmOptionsOnDax {

    /**
     * A program that makes persistent memory durable in ways that call force() unless vdm4j
     * prevents it.
     */
    static final class Program {
        private Program() {}

        public static void main(String[] args) throws IOException {
            Path file = DaxFiles.PMEM.resolve("options");
            try (Vdm mover = SyncDataMover.open();
                    Arena arena = Arena.ofShared();
                    OffHeapBuffer buffer = OffHeapBuffer.map(file, 0, 4096)) {
                MemorySegment bare =
                        DaxFiles.mapBare(file, ExtendedMapMode.READ_WRITE_SYNC, 4096, arena);
                for (MemorySegment onto : List.of(buffer.segment(), bare)) {
                    report(mover.memset(onto, (byte) 1, VdmFlags.MEM_DURABLE));
                    report(mover.flush(onto.asSlice(60, 100)));
                }
            }
        }

        private static void report(VdmFuture<VdmOutput> future) {
            future.busyPoll();
            boolean hasReason =
                    future.failure() != null
                            && future.failure()
                                    .getMessage()
                                    .contains("runs without its C2 compiler");
            System.out.println(future.result() + (hasReason ? " for want of C2" : ""));
        }
    }

    private static String run(List<String> options) throws IOException, InterruptedException {
        Process jvm = ChildJvm.command(options, List.of(Program.class.getName())).start();
        String output = new String(jvm.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return output + "status " + jvm.waitFor();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"-Xint", "-XX:TieredStopAtLevel=1"})
    @DisplayName("without libpmem, a durable operation is refused with that reason")
    void durableIsRefusedWithoutLibpmem(String option) throws IOException, InterruptedException {
        assertEquals(
                "UNSUPPORTED for want of C2\n".repeat(4) + "status 0",
                run(List.of(option, "-Dvdm4j.pmem.library=")));
    }

    @Test
    @DisplayName("libpmem writes back, also a mapping that the JDK made")
    void libpmemWritesBack() throws IOException, InterruptedException {
        assertEquals(
                "SUCCESS\n".repeat(4) + "status 0",
                run(List.of("-XX:TieredStopAtLevel=1", "-Dvdm4j.pmem.library=libpmem.so.1")));
    }

    @Test
    @DisplayName("the option that the reason names helps")
    void namedOptionHelps() throws IOException, InterruptedException {
        assertEquals(
                "SUCCESS\n".repeat(4) + "status 0",
                run(
                        List.of(
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UnlockDiagnosticVMOptions",
                                "-XX:-DelayCompilerStubsGeneration",
                                "-Dvdm4j.pmem.library=")));
    }
}
