package io.github.vdm4j.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The processor's flags")
class ProcessorTest {
    @TempDir Path folder;

    private Set<String> flagsOf(String cpuinfo) throws IOException {
        return Processor.flags(Files.writeString(folder.resolve("cpuinfo"), cpuinfo));
    }

    @Test
    void flagsOfTheFirstProcessorAreRead() throws IOException {
        assertEquals(
                Set.of("fpu", "clwb", "movdir64b"),
                flagsOf("processor\t: 0\nvmx flags\t: ept\nflags\t\t: fpu clwb "
                        + "movdir64b\nbugs\t\t: spectre_v1\n\n"
                        + "processor\t: 1\nflags\t\t: fpu\n"));
    }

    /** Linux returns a page with each read. */
    @ParameterizedTest
    @ValueSource(ints = {4_070, 4_080, 4_085, 4_090, 4_094, 4_095, 4_096, 4_097, 8_190, 20_000})
    void flagsMayCrossTheEndOfARead(int before) throws IOException {
        String line = "flags\t\t: fpu clwb avx512f\n";
        assertEquals(Set.of("fpu", "clwb", "avx512f"),
                flagsOf("x".repeat(before - 1) + "\n" + line + "bugs\t: none\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"flags: fpu clwb", "flags\t\t: fpu clwb\n", "model: 1\nflags: fpu  clwb ",
                "flags: clwb fpu clwb\n"})
    void flagsMayBeTheLastLine(String cpuinfo) throws IOException {
        assertEquals(Set.of("fpu", "clwb"), flagsOf(cpuinfo));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "flags:", "flags\t: \n", "processor: 0\n", "no flags: fpu\n"})
    void missingFlagsAreNone(String cpuinfo) throws IOException {
        assertEquals(Set.of(), flagsOf(cpuinfo));
    }

    @Test
    void flagsAreASubsetOfCpuid() {
        assumeTrue(PlatformName.nativeCallsAllowed());
        var wide = Set.of("avx512f", "avx512dq", "avx512cd", "avx512bw", "avx512vl");
        assertEquals(Processor.flags().containsAll(wide), Processor.cpuidShowsAvx512());
    }

    @Test
    void missingFileHasNoFlags() {
        assertEquals(Set.of(), Processor.flags(folder.resolve("missing")));
        assertEquals(Set.of(), Processor.flags(folder));
    }

    @Test
    void clwbOfThisMachineIsDetected() {
        assertEquals(Processor.flags(Path.of("/proc/cpuinfo")).contains("clwb"),
                Processor.hasClwb());
    }

    private long largestCache(String... sizes) throws IOException {
        for (int i = 0; i < sizes.length; i++) {
            Files.writeString(Files.createDirectories(folder.resolve("index" + i)).resolve("size"),
                    sizes[i]);
        }
        return Processor.largestCache(folder);
    }

    @Test
    void largestCacheIsRead() throws IOException {
        assertEquals(36_608L << 10, largestCache("48K\n", "32K\n", "2048K\n", "36608K\n"));
    }

    @Test
    void unknownCacheHasAUsualSize() throws IOException {
        assertEquals(32L << 20, Processor.largestCache(folder.resolve("missing")));
        assertEquals(32L << 20, largestCache("unknown\n", ""));
    }
}
