package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmOutput;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A test of the loaded classes. Their number decides the start-up time (docs/adr/0019).
 */
@DisplayName("The first mover of a JVM and its first copy")
class StartUpIT {

    @BeforeAll
    static void needsTheRealLibrary() {
        var why = DmlLibrary.whyUnavailable();
        assumeTrue(why.isEmpty(), () -> "needs libdml: " + why.orElseThrow().attempts());
    }

    /** A program that opens a mover, copies, and prints a line. */
    static final class FirstCopy {
        private FirstCopy() {}

        public static void main(String[] arguments) {
            MemorySegment memory = Arena.global().allocate(128);
            memory.fill((byte) 7);
            try (var mover = DmlDataMover.builder().path(DmlPath.valueOf(arguments[0])).open()) {
                System.out.println("opened");
                MemorySegment destination = memory.asSlice(0, 64).fill((byte) 0);
                mover.newOperation()
                        .memcpy(destination, memory.asSlice(64, 64), VdmFlags.NONE)
                        .start()
                        .orThrow();
                System.out.println(
                        destination.get(ValueLayout.JAVA_BYTE, 63) == 7 ? "copied" : "lost");
            }
        }
    }

    private static String loadedBefore(String word, DmlPath path) {
        ChildJvm child = ChildJvm.onClassPath(
                Duration.ofMinutes(1),
                List.of("--enable-native-access=ALL-UNNAMED", "-Xlog:class+load"),
                FirstCopy.class,
                path.name());
        assertEquals(0, child.exitCode(), child::toString);
        int said = child.output().indexOf(word);
        assertTrue(said > 0, child::toString);
        String before = child.output().substring(0, said);
        assertTrue(before.contains(" io.github.vdm4j.mover.DeviceDecision "),
                "the JVM does not list its classes");
        return before;
    }

    private static void assertNotLoaded(String loaded, String... late) {
        for (String name : late) {
            assertFalse(loaded.contains(" " + name + " "), () -> name + " is loaded");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"AUTO", "SOFTWARE"})
    void firstCopyLoadsOnlyWhatItUses(DmlPath path) {
        assertNotLoaded(
                loadedBefore("copied", path),
                "jdk.jfr.internal.MetadataRepository",
                "io.github.vdm4j.memory.PmemLibrary");
    }

    @Test
    void firstCopyTriesNoHardwareWithoutDevices() {
        assumeFalse(Files.exists(Path.of("/sys/bus/dsa/devices")), "this machine may have a DSA");
        assertNotLoaded(
                loadedBefore("copied", DmlPath.AUTO),
                "io.github.vdm4j.dsa.DsaDevice",
                "io.github.vdm4j.dsa.DsaSystem",
                "io.github.vdm4j.engine.DeviceHealth",
                "io.github.vdm4j.dml.DiagnosisRules");
    }
}
