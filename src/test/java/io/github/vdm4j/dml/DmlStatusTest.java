package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.VdmResult;
import io.github.vdm4j.dml.ffi.dml_h;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DmlStatusTest {
    private static final String PREFIX = "DML_STATUS_";

    static List<Field> constantsOfTheHeader() {
        return Arrays.stream(dml_h.class.getFields())
                .filter(field -> field.getName().startsWith(PREFIX))
                .toList();
    }

    @Test
    void headerContainsStatuses() {
        assertTrue(constantsOfTheHeader().size() > 40, () -> constantsOfTheHeader().toString());
    }

    @ParameterizedTest
    @MethodSource("constantsOfTheHeader")
    void everyStatusOfTheHeaderIsKnown(Field constant)
            throws ReflectiveOperationException {
        int code = constant.getInt(null);
        DmlStatus status = DmlStatus.of(code);
        assertEquals(constant.getName().substring(PREFIX.length()), status.name());
        assertEquals(code, status.code());
        assertFalse(status.explanation().isBlank());
        assertNotEquals(VdmResult.UNKNOWN_STATUS, status.result());
        assertEquals(status.name() + " (" + code + ")", status.toString());
    }

    static IntStream knownFailures() {
        return IntStream.rangeClosed(1, 200)
                .filter(code -> !DmlStatus.of(code).name().equals("UNKNOWN"));
    }

    /** Returns the second sentence. */
    @ParameterizedTest
    @MethodSource("knownFailures")
    void everyFailureHasARemedy(int code) {
        String explanation = DmlStatus.of(code).explanation();
        assertTrue(explanation.matches("(?s)[A-Z].+[.:] [A-Za-z].+\\."), explanation);
    }

    @ParameterizedTest
    @CsvSource({"46, NOT_SUPPORTED_BY_WQ, UNSUPPORTED", "103, INIT_HW_NOT_SUPPORTED, NO_DEVICE"})
    void statusesOfNewerReleasesAreKnown(int code, String name, VdmResult result) {
        DmlStatus status = DmlStatus.of(code);
        assertEquals(name, status.name());
        assertEquals(result, status.result());
        assertEquals(name + " (" + code + ")", status.toString());
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 101, 102, 103})
    void explainedStatusNamesTheDiagnosis(int code) {
        assertTrue(DmlStatus.of(code).explanation().contains("vdm info --why"),
                DmlStatus.of(code).explanation());
    }

    @ParameterizedTest
    @ValueSource(ints = {47, 104, 255, 1_000_000, Integer.MAX_VALUE, Integer.MIN_VALUE, -1})
    void unknownStatusIsAFailureWithItsNumber(int code) {
        DmlStatus status = DmlStatus.of(code);
        assertEquals(code, status.code());
        assertEquals("UNKNOWN", status.name());
        assertEquals(VdmResult.UNKNOWN_STATUS, status.result());
        assertEquals("UNKNOWN (" + Integer.toUnsignedString(code) + ")", status.toString());
    }

    @Test
    void onlyOkIsASuccess() {
        for (int code = -1000; code <= 1000; code++) {
            assertEquals(code == 0, DmlStatus.of(code).result() == VdmResult.SUCCESS,
                    "status " + code);
        }
        assertEquals("OK", DmlStatus.of(0).name());
    }
}
