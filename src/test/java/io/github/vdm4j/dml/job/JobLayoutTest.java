package io.github.vdm4j.dml.job;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.ffi.dml_job_t;
import io.github.vdm4j.engine.channel.Opcode;
import io.github.vdm4j.engine.channel.Part;
import io.github.vdm4j.engine.channel.Slot;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The assumptions of {@link Job} about the struct when it writes its fields. */
class JobLayoutTest {
    @Test
    void bothLengthsAreOneLong() {
        assertEquals(dml_job_t.source_length$offset() + Integer.BYTES,
                dml_job_t.destination_length$offset());
        assertEquals(ByteOrder.LITTLE_ENDIAN, ByteOrder.nativeOrder());
    }

    static long[] longs() {
        return new long[]{
            dml_job_t.source_first_ptr$offset(),
            dml_job_t.destination_first_ptr$offset(),
            dml_job_t.source_length$offset(),
            dml_job_t.flags$offset()
        };
    }

    @ParameterizedTest
    @MethodSource("longs")
    void longsLieAtMultiplesOfEight(long offset) {
        assertEquals(0, offset % Long.BYTES);
    }

    @Test
    void theEngineHasTheNumbersOfDml() {
        assertEquals(dml_h.DML_STATUS_OK, Slot.OK);
        assertEquals(dml_h.DML_STATUS_BEING_PROCESSED, Slot.IN_FLIGHT);
        assertEquals(dml_h.DML_STATUS_DIF_CHECK_ERROR, Slot.DIF_ERROR);
        assertEquals(dml_h.DML_FLAG_CHECK_RESULT, Part.CHECK_RESULT);
        assertEquals(dml_h.DML_FLAG_PREFETCH_CACHE, Part.FOR_CACHE);
        assertEquals(dml_h.DML_FLAG_DUALCAST_DST2_DURABLE, Part.SECOND_DURABLE);
        assertEquals(dml_h.DML_FLAG_CRC_BYPASS_REFLECTION, Part.BYPASS_REFLECTION);
        assertEquals(dml_h.DML_FLAG_CRC_BYPASS_DATA_REFLECTION, Part.BYPASS_DATA_REFLECTION);
    }

    @ParameterizedTest
    @ValueSource(strings = {"NOP", "BATCH", "DRAIN", "MEM_MOVE", "FILL", "COMPARE",
        "COMPARE_PATTERN", "DELTA_CREATE", "DELTA_APPLY", "DUALCAST", "CRC", "COPY_CRC",
        "DIF_CHECK", "DIF_INSERT", "DIF_STRIP", "DIF_UPDATE", "CACHE_FLUSH"})
    void opcodesAreThoseOfDml(String name) throws ReflectiveOperationException {
        assertEquals(dml_h.class.getField("DML_OP_" + name).getInt(null),
                Opcode.class.getField(name).getInt(null));
    }

    @Test
    void theOperationLiesAtAMultipleOfFour() {
        assertEquals(0, dml_job_t.operation$offset() % Integer.BYTES);
    }
}
