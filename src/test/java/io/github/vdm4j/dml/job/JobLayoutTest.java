package io.github.vdm4j.dml.job;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vdm4j.dml.ffi.dml_job_t;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@link Job} takes for granted about the struct when it writes its fields. */
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
    void theOperationLiesAtAMultipleOfFour() {
        assertEquals(0, dml_job_t.operation$offset() % Integer.BYTES);
    }
}
