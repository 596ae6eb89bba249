package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.dml.DmlUnavailableException.Attempt;
import io.github.vdm4j.machine.Processor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The search for libdml")
@EnabledOnOs(value = OS.LINUX, architectures = "amd64",
        disabledReason = "Intel DML exists for Linux on x86-64 only")
class DmlLibraryTest {
    private static final String ADVICE =
            "ThreadsDataMover and SyncDataMover do not need DML. To install DML, see"
                    + " docs/install-dml.md. [VDM-DML-UNAVAILABLE]";

    private static final String NEHALEM =
            "fpu sse sse2 clflush rdtscp lm pni ssse3 cx16 sse4_1 sse4_2 popcnt hypervisor";
    private static final String SANDY_BRIDGE =
            NEHALEM + " pclmulqdq aes xsave avx tsc_deadline_timer x2apic";
    private static final String HASWELL =
            SANDY_BRIDGE + " fma movbe f16c rdrand abm bmi1 avx2 bmi2 erms";
    private static final String SKYLAKE_SERVER =
            HASWELL + " avx512f avx512dq avx512cd avx512bw avx512vl clflushopt clwb";

    @TempDir Path folder;

    /** Opens the library on a processor that can execute all of DML's code. */
    private static DmlLibrary search(String property, String environment, List<String> names) {
        return DmlLibrary.search(property, environment, names, Set.of(HASWELL.split(" ")));
    }

    /** Opens the library on the processor that a cpuinfo describes. */
    private DmlLibrary searchOn(String flags, Path library) throws IOException {
        Path cpuinfo = Files.writeString(folder.resolve("cpuinfo"),
                "processor\t: 0\nflags\t\t: " + flags + "\nbugs\t\t: spectre_v1\n\n");
        return DmlLibrary.search(library.toString(), null, List.of(), Processor.flags(cpuinfo));
    }

    static List<Arguments> processorsThatLackSomething() {
        return List.of(
                Arguments.of(NEHALEM, "avx2"),
                Arguments.of(SANDY_BRIDGE, "avx2"),
                Arguments.of(HASWELL.replace(" avx2", ""), "avx2"), // XSAVE is off.
                Arguments.of(SKYLAKE_SERVER.replace(" bmi2", ""), "bmi2"),
                Arguments.of(SKYLAKE_SERVER.replace(" pclmulqdq", "").replace(" bmi1", ""),
                        "bmi1, pclmulqdq"));
    }

    /** Fault 01. */
    @ParameterizedTest
    @MethodSource("processorsThatLackSomething")
    void oldProcessorMakesDmlUnavailable(String flags, String missing)
            throws Exception {
        Path library = LibraryFiles.dummyDml(folder);
        var e = assertThrows(DmlUnavailableException.class, () -> searchOn(flags, library));
        assertEquals(
                List.of(new Attempt("the processor", "/proc/cpuinfo does not list " + missing
                        + ", which the code of DML uses")),
                e.attempts());
        assertFalse(Files.readString(Path.of("/proc/self/maps")).contains(library.toString()));
    }

    @ParameterizedTest
    @ValueSource(strings = {HASWELL, SKYLAKE_SERVER})
    void suitableProcessorOpensDml(String flags) throws Exception {
        Path library = LibraryFiles.dummyDml(folder);
        assertEquals(library.toString(), searchOn(flags, library).location());
    }

    /** DML uses its AVX-512 code only if the processor has all parts of AVX-512. */
    @Test
    void partialAvx512IsNotRequired() throws Exception {
        Path library = LibraryFiles.dummyDml(folder);
        String flags = SKYLAKE_SERVER.replace(" avx512vl", "").replace(" bmi2", "");
        assertEquals(library.toString(), searchOn(flags, library).location());
    }

    @Test
    void allPartsOfAvx512EnableTheFastCode() {
        assertTrue(DmlLibrary.usesAvx512(Set.of(SKYLAKE_SERVER.split(" "))));
        assertFalse(DmlLibrary.usesAvx512(
                Set.of(SKYLAKE_SERVER.replace(" avx512vl", "").split(" "))));
        assertFalse(DmlLibrary.usesAvx512(Set.of(HASWELL.split(" "))));
        assertFalse(DmlLibrary.usesAvx512(Set.of()));
    }

    /** DML asks CPUID. It shows AVX-512 even if the system has not enabled it. */
    @Test
    void disabledAvx512IsRefused() {
        var partly = Set.of(SKYLAKE_SERVER.replace(" avx512vl", "").split(" "));
        var e = assertThrows(UnsatisfiedLinkError.class,
                () -> DmlLibrary.requireEnabled(partly, true));
        assertEquals(
                "the processor has AVX-512, which DML would use, but the system has not enabled all"
                        + " of it: /proc/cpuinfo does not list all of avx512f, avx512dq, avx512cd,"
                        + " avx512bw, avx512vl",
                e.getMessage());
        DmlLibrary.requireEnabled(partly, false);
        DmlLibrary.requireEnabled(Set.of(SKYLAKE_SERVER.split(" ")), true);
    }

    @Test
    void missingFlagsMakeDmlUnavailable() throws Exception {
        Path library = LibraryFiles.dummyDml(folder);
        var e = assertThrows(DmlUnavailableException.class, () -> searchOn("", library));
        assertEquals(
                List.of(new Attempt("the processor",
                        "/proc/cpuinfo lists no flags: whether it has avx2, which the code of DML"
                                + " uses, is unknown")),
                e.attempts());
    }

    @Test
    void missingPathIsReportedByTheLoader() {
        Path missing = folder.resolve("libdml.so");
        assertEquals(
                new Attempt(missing.toString(),
                        "cannot open shared object file: No such file or directory"),
                onlyAttempt(missing));
    }

    @Test
    void tooLongPathIsReportedByTheLoader() {
        Path tooLong = folder.resolve("deep/".repeat(2_000) + "libdml.so");
        assertEquals(
                new Attempt(tooLong.toString(),
                        "cannot open shared object file: File name too long"),
                onlyAttempt(tooLong));
    }

    @Test
    void wrongTextFileIsReportedByTheLoader() throws IOException {
        Path text =
                Files.writeString(folder.resolve("libdml.so"), "this is no library\n".repeat(100));
        assertEquals(new Attempt(text.toString(), "invalid ELF header"), onlyAttempt(text));
    }

    @Test
    void emptyFileIsReportedByTheLoader() throws IOException {
        Path empty = Files.createFile(folder.resolve("libdml.so"));
        assertEquals(new Attempt(empty.toString(), "file too short"), onlyAttempt(empty));
    }

    @Test
    void directoryIsReportedByTheLoader() {
        assertEquals(
                new Attempt(folder.toString(), "cannot read file data: Is a directory"),
                onlyAttempt(folder));
    }

    @Test
    void foreignLibraryIsReportedByTheLoader() throws IOException {
        Path other = LibraryFiles.forOtherProcessor(folder);
        String outcome = onlyAttempt(other).outcome();
        assertTrue(outcome.contains("cannot open shared object file"), outcome);
    }

    @Test
    void libraryOf32BitsIsReportedByTheLoader() throws IOException {
        Path other = LibraryFiles.for32Bits(folder);
        assertEquals("wrong ELF class: ELFCLASS32", onlyAttempt(other).outcome());
    }

    @Test
    void unrelatedLibraryLacksANamedSymbol() {
        assertEquals(
                "has no symbol dml_get_job_size: not a libdml with the job API",
                onlyAttempt(LibraryFiles.unrelated()).outcome());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "dml_get_job_size", "dml_init_job", "dml_finalize_job", "dml_submit_job", "dml_check_job",
        "dml_get_library_version", "dml_get_batch_size", "dml_batch_get_status"})
    void missingSymbolIsNamed(String symbol) throws Exception {
        Path library = LibraryFiles.dummyDml(folder, symbol);
        assertEquals(
                "has no symbol " + symbol + ": not a libdml with the job API",
                onlyAttempt(library).outcome());
    }

    @Test
    void unreadablePathIsNotSkipped() {
        Path strange = folder.resolve("no such folder").resolve("libdml, Kopie.so");
        assertEquals("cannot open shared object file: No such file or directory",
                onlyAttempt(strange).outcome());
    }

    @Test
    void everyAttemptIsListedWithItsReason() throws IOException {
        Path text = Files.writeString(folder.resolve("libtext.so"), "no library".repeat(100));
        var e = assertThrows(
                DmlUnavailableException.class,
                () -> search(null, null,
                        List.of("libno-such-dml.so.1", text.toString())));
        assertEquals(
                """
                        Intel DML is not available. Tried:
                          property vdm4j.dml.library: not set
                          environment VDM4J_DML_LIBRARY: not set
                          libno-such-dml.so.1: cannot open shared object file: No such file or directory
                          %s: invalid ELF header
                        %s"""
                        .formatted(text, ADVICE),
                e.getMessage());
        assertEquals(4, e.attempts().size());
    }

    @Test
    void propertyExcludesOtherPlaces() {
        var e = assertThrows(
                DmlUnavailableException.class,
                () -> search("/no/such/a.so", LibraryFiles.unrelated().toString(),
                        List.of("libm.so.6")));
        assertEquals(
                List.of(
                        new Attempt(
                                "property vdm4j.dml.library=/no/such/a.so",
                                "cannot open shared object file: No such file or directory"),
                        new Attempt("environment VDM4J_DML_LIBRARY",
                                "not tried, vdm4j.dml.library decides"),
                        new Attempt("libm.so.6", "not tried, vdm4j.dml.library decides")),
                e.attempts());
    }

    @Test
    void emptySettingDisablesTheLibrary() {
        var e = assertThrows(DmlUnavailableException.class,
                () -> search("", null, List.of("libm.so.6")));
        assertEquals(new Attempt("property vdm4j.dml.library=", "empty, so vdm4j opens no library"),
                e.attempts().getFirst());
    }

    @Test
    void environmentExcludesDefaultNames() {
        var e = assertThrows(
                DmlUnavailableException.class,
                () -> search(null, "/no/such/b.so", List.of("libm.so.6")));
        assertEquals(
                List.of(
                        new Attempt("property vdm4j.dml.library", "not set"),
                        new Attempt(
                                "environment VDM4J_DML_LIBRARY=/no/such/b.so",
                                "cannot open shared object file: No such file or directory"),
                        new Attempt("libm.so.6", "not tried, VDM4J_DML_LIBRARY decides")),
                e.attempts());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "libm.so.6", "a\0b.so", "./libdml.so"})
    void settingIsAFileNotAName(String setting) {
        var e = assertThrows(
                DmlUnavailableException.class, () -> search(setting, null, List.of()));
        assertEquals("property vdm4j.dml.library=" + setting, e.attempts().getFirst().place());
        assertFalse(e.attempts().getFirst().outcome().contains("has no symbol"), e.getMessage());
    }

    @Test
    void firstWorkingPlaceDecides() throws Exception {
        Path good = LibraryFiles.dummyDml(folder);
        Path alsoGood = LibraryFiles.dummyDml(folder);
        assertAll(
                () -> assertEquals(
                        good.toString(),
                        search(good.toString(), alsoGood.toString(), List.of())
                                .location()),
                () -> assertEquals(
                        alsoGood.toString(),
                        search(null, alsoGood.toString(), List.of(good.toString()))
                                .location()),
                () -> assertEquals(
                        good.toString(),
                        search(null, null,
                                List.of("libno-such-dml.so", good.toString(),
                                        alsoGood.toString()))
                                .location()));
    }

    @Test
    void searchWorksAfterManyFailures() throws Exception {
        Path file = folder.resolve("libdml-in-the-making.so");
        assertThrows(DmlUnavailableException.class, () -> DmlLibrary.open(file));
        Files.createFile(file);
        assertThrows(DmlUnavailableException.class, () -> DmlLibrary.open(file));
        Files.writeString(file, "still no library".repeat(100));
        assertThrows(DmlUnavailableException.class, () -> DmlLibrary.open(file));
        assertThrows(DmlUnavailableException.class,
                () -> DmlLibrary.open(LibraryFiles.unrelated()));
        Files.move(LibraryFiles.dummyDml(folder), file,
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);

        assertEquals(file.toString(), DmlLibrary.open(file).location());
    }

    @Test
    void fullVersionFieldsAreRead() throws Exception {
        DmlLibrary library = DmlLibrary.open(LibraryFiles.dummyDml(folder));
        assertEquals(
                new DmlVersion(
                        "012345678901234567890123456789", "9.8.7-dummy", 9, 8, 7, "0123456789ab",
                        "today", ""),
                library.version());
        assertEquals("Intel DML 9.8.7-dummy (" + library.location() + ")", library.toString());
    }

    @Test
    void tryOpenReturnsTheReason() {
        String before = System.getProperty(DmlLibrary.PROPERTY);
        System.setProperty(DmlLibrary.PROPERTY, "/no/such/libdml.so");
        try {
            String why = DmlLibrary.whyUnavailable().orElseThrow().getMessage();
            assertTrue(
                    why.contains(
                            "property vdm4j.dml.library=/no/such/libdml.so: cannot open shared "
                                    + "object file: No such file or directory"),
                    why);
        } finally {
            if (before == null) {
                System.clearProperty(DmlLibrary.PROPERTY);
            } else {
                System.setProperty(DmlLibrary.PROPERTY, before);
            }
        }
    }

    @Test
    void tryOpenFindsTheNamedLibrary() throws Exception {
        String before = System.getProperty(DmlLibrary.PROPERTY);
        System.setProperty(DmlLibrary.PROPERTY, LibraryFiles.dummyDml(folder).toString());
        try {
            assertTrue(DmlLibrary.whyUnavailable().isEmpty());
        } finally {
            if (before == null) {
                System.clearProperty(DmlLibrary.PROPERTY);
            } else {
                System.setProperty(DmlLibrary.PROPERTY, before);
            }
        }
    }

    /** Opens a file that must not be usable. */
    private static Attempt onlyAttempt(Path file) {
        var e = assertThrows(DmlUnavailableException.class, () -> DmlLibrary.open(file));
        assertEquals(1, e.attempts().size());
        Attempt attempt = e.attempts().getFirst();
        assertEquals(file.toString(), attempt.place());
        assertEquals(
                "Intel DML is not available. Tried:\n  " + file + ": " + attempt.outcome() + "\n"
                        + ADVICE,
                e.getMessage());
        return attempt;
    }
}
