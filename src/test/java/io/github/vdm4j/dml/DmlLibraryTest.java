package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.dml.DmlUnavailableException.Attempt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The search for libdml")
@EnabledOnOs(value = OS.LINUX, architectures = "amd64",
        disabledReason = "Intel DML exists for Linux on x86-64 only")
class DmlLibraryTest {
    private static final String ADVICE =
            "The pure-Java movers need none: ThreadsDataMover, SyncDataMover. Installing DML: docs/install-dml.md";

    @TempDir Path folder;

    @Test
    void saysThatAPathDoesNotExistInTheLoadersWords() {
        Path missing = folder.resolve("libdml.so");
        assertEquals(
                new Attempt(missing.toString(),
                        "cannot open shared object file: No such file or directory"),
                onlyAttempt(missing));
    }

    @Test
    void saysSoInTheLoadersWordsOfAPathThatIsLongerThanAnyFiles() {
        Path tooLong = folder.resolve("deep/".repeat(2_000) + "libdml.so");
        assertEquals(
                new Attempt(tooLong.toString(),
                        "cannot open shared object file: File name too long"),
                onlyAttempt(tooLong));
    }

    @Test
    void saysThatATextFileIsNoLibraryInTheLoadersWords() throws IOException {
        Path text =
                Files.writeString(folder.resolve("libdml.so"), "this is no library\n".repeat(100));
        assertEquals(new Attempt(text.toString(), "invalid ELF header"), onlyAttempt(text));
    }

    @Test
    void saysThatAnEmptyFileIsTooShortInTheLoadersWords() throws IOException {
        Path empty = Files.createFile(folder.resolve("libdml.so"));
        assertEquals(new Attempt(empty.toString(), "file too short"), onlyAttempt(empty));
    }

    @Test
    void saysThatADirectoryIsNoLibraryInTheLoadersWords() {
        assertEquals(
                new Attempt(folder.toString(), "cannot read file data: Is a directory"),
                onlyAttempt(folder));
    }

    @Test
    void refusesALibraryForAnotherProcessorInTheLoadersWords() throws IOException {
        Path other = LibraryFiles.forOtherProcessor(folder);
        String outcome = onlyAttempt(other).outcome();
        assertTrue(outcome.contains("cannot open shared object file"), outcome);
    }

    @Test
    void refusesALibraryOf32BitsInTheLoadersWords() throws IOException {
        Path other = LibraryFiles.for32Bits(folder);
        assertEquals("wrong ELF class: ELFCLASS32", onlyAttempt(other).outcome());
    }

    @Test
    void namesTheFirstSymbolThatAnUnrelatedLibraryLacks() {
        assertEquals(
                "has no symbol dml_get_job_size: not a libdml with the job API",
                onlyAttempt(LibraryFiles.unrelated()).outcome());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "dml_get_job_size", "dml_init_job", "dml_finalize_job", "dml_submit_job", "dml_check_job",
        "dml_get_library_version", "dml_get_batch_size", "dml_batch_get_status"})
    void namesTheOneSymbolThatALibraryLacks(String symbol) throws Exception {
        Path library = LibraryFiles.dummyDml(folder, symbol);
        assertEquals(
                "has no symbol " + symbol + ": not a libdml with the job API",
                onlyAttempt(library).outcome());
    }

    @Test
    void doesNotPassOverALibraryWithAPathThatTheLoaderCannotRead() {
        Path strange = folder.resolve("no such folder").resolve("libdml, Kopie.so");
        assertEquals("cannot open shared object file: No such file or directory",
                onlyAttempt(strange).outcome());
    }

    @Test
    void listsEveryNameInOrderWithItsOwnReasonAndClosesWithTheAdvice() throws IOException {
        Path text = Files.writeString(folder.resolve("libtext.so"), "no library".repeat(100));
        var e = assertThrows(
                DmlUnavailableException.class,
                () -> DmlLibrary.search(null, null,
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
    void triesNothingElseWhenThePropertyDecides() {
        var e = assertThrows(
                DmlUnavailableException.class,
                () -> DmlLibrary.search("/no/such/a.so", LibraryFiles.unrelated().toString(),
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
    void triesNoNameWhenTheEnvironmentDecides() {
        var e = assertThrows(
                DmlUnavailableException.class,
                () -> DmlLibrary.search(null, "/no/such/b.so", List.of("libm.so.6")));
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
    void takesASettingForAFileAndNeverForANameToSearchFor(String setting) {
        var e = assertThrows(
                DmlUnavailableException.class, () -> DmlLibrary.search(setting, null, List.of()));
        assertEquals("property vdm4j.dml.library=" + setting, e.attempts().getFirst().place());
        assertFalse(e.attempts().getFirst().outcome().contains("has no symbol"), e.getMessage());
    }

    @Test
    void finishesWithTheLibraryThatTheFirstWorkingPlaceNames() throws Exception {
        Path good = LibraryFiles.dummyDml(folder);
        Path alsoGood = LibraryFiles.dummyDml(folder);
        assertAll(
                () -> assertEquals(
                        good.toString(),
                        DmlLibrary.search(good.toString(), alsoGood.toString(), List.of())
                                .location()),
                () -> assertEquals(
                        alsoGood.toString(),
                        DmlLibrary.search(null, alsoGood.toString(), List.of(good.toString()))
                                .location()),
                () -> assertEquals(
                        good.toString(),
                        DmlLibrary
                                .search(null, null,
                                        List.of("libno-such-dml.so", good.toString(),
                                                alsoGood.toString()))
                                .location()));
    }

    @Test
    void worksAgainAfterAnyNumberOfFailures() throws Exception {
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
    void readsTheVersionsTextsAlsoWhereTheyFillTheirFields() throws Exception {
        DmlLibrary library = DmlLibrary.open(LibraryFiles.dummyDml(folder));
        assertEquals(
                new DmlVersion(
                        "012345678901234567890123456789", "9.8.7-dummy", 9, 8, 7, "0123456789ab",
                        "today", ""),
                library.version());
        assertEquals("Intel DML 9.8.7-dummy (" + library.location() + ")", library.toString());
    }

    @Test
    void answersWhyThereIsNoneWithoutThrowing() {
        String before = System.getProperty(DmlLibrary.PROPERTY);
        System.setProperty(DmlLibrary.PROPERTY, "/no/such/libdml.so");
        try {
            String why = DmlLibrary.whyUnavailable().orElseThrow().getMessage();
            assertTrue(
                    why.contains(
                            "property vdm4j.dml.library=/no/such/libdml.so: cannot open shared object file: No such file or directory"),
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
    void findsWhatThePropertyNamesWithoutThrowing() throws Exception {
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
