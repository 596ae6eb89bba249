package io.github.vdm4j.memory;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.machine.MemoryMaps.Backing;
import io.github.vdm4j.machine.MemoryMaps.Mapping;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

class FailedFilesTest {
    private static final String MONDAY = "monday";
    private static final String TUESDAY = "tuesday";

    private final FailedFiles failed = new FailedFiles(2);

    private static MappedFile file(String name, String birth, int failuresBefore) {
        return new MappedFile(
                new Mapping(0, 4_096, Backing.PAGE_CACHE, name, "/" + name, "0-1000"), birth,
                failuresBefore);
    }

    private boolean concern(String name, String birth, int failuresBefore) {
        return failed.concern(file(name, birth, failuresBefore));
    }

    @Test
    void aFailureConcernsTheMappingsThatExisted() {
        assertFalse(concern("a", MONDAY, 0));
        failed.add(file("a", MONDAY, 0));
        assertTrue(concern("a", MONDAY, 0));
        assertFalse(concern("a", MONDAY, failed.count()));
        assertFalse(concern("b", MONDAY, 0));
        int before = failed.count();
        failed.add(file("a", MONDAY, before));
        assertTrue(concern("a", MONDAY, before));
    }

    @Test
    void differentBirthTimeMeansADifferentFile() {
        failed.add(file("a", MONDAY, 0));
        assertFalse(concern("a", TUESDAY, 0));
    }

    @Test
    void anUnknownBirthIsRefused() {
        failed.add(file("a", MONDAY, 0));
        assertTrue(concern("a", null, 0));
        failed.add(file("b", null, 0));
        assertTrue(concern("b", TUESDAY, 0));
    }

    @Test
    void aFullRecordRefusesEveryFile() {
        failed.add(file("a", MONDAY, 0));
        failed.add(file("b", MONDAY, 0));
        failed.add(file("b", MONDAY, 0));
        assertFalse(concern("c", MONDAY, 0));
        failed.add(file("c", MONDAY, 0));
        assertTrue(concern("c", MONDAY, 0));
        assertTrue(concern("d", MONDAY, 0));
        assertTrue(concern("a", MONDAY, 0));
        assertFalse(concern("d", MONDAY, failed.count()), "the caller accepted the failures");
    }

    @Test
    void aFullHeapRefusesEveryFile() {
        var full = new FailedFiles(2, new ConcurrentHashMap<>() {
            @Override
            public FailedFiles.Failure put(String file, FailedFiles.Failure failure) {
                throw new OutOfMemoryError("for the test");
            }
        });
        full.add(file("a", MONDAY, 0));
        assertTrue(full.concern(file("a", MONDAY, 0)));
        assertTrue(full.concern(file("b", MONDAY, 0)));
        assertFalse(full.concern(file("a", MONDAY, full.count())), "the caller accepted it");
    }

    @Test
    void aMappingWithoutAFileFailsAlone() {
        MappedFile unknown = file(null, null, 0);
        failed.add(unknown);
        assertTrue(unknown.hasFailed());
        assertFalse(file(null, null, 0).hasFailed());
        assertFalse(concern("a", null, 0));
    }
}
