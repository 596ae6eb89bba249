package io.github.vdm4j.dsa.portal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.github.vdm4j.VdmResult;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A completion record")
class CompletionRecordTest {
    private final MemorySegment memory = Arena.ofAuto().allocate(Submission.BYTES, 64);

    @Test
    void readsEachFieldAtItsPlace() {
        var submission = new Submission(memory);
        memory.asSlice(64)
                .copyFrom(MemorySegment.ofArray(HexFormat.of()
                        .parseHex("8301000004030280" + "1817161514131211" + "effeffff01000000"
                                + "0000000000000000")));
        assertEquals(0x83, submission.recordedStatus());
        assertEquals(1, submission.result());
        assertEquals(0x80020304L, submission.completed());
        assertEquals(0xfffffeef, submission.value());
    }

    @Test
    void clearsItsOwnBytesOnly() {
        memory.fill((byte) -1);
        new Submission(memory).clearRecord();
        assertEquals(-1, memory.get(java.lang.foreign.ValueLayout.JAVA_BYTE, 63));
        assertEquals(MemorySegment.ofArray(new byte[32]).mismatch(memory.asSlice(64, 32)), -1);
        assertEquals(-1, memory.get(java.lang.foreign.ValueLayout.JAVA_BYTE, 96));
    }

    @ParameterizedTest
    @ValueSource(ints = {0x0a, 0x0f, 0x23, 0x7f, -4, -16})
    void unknownStatusIsAFailureWithItsNumber(int code) {
        DsaStatus status = DsaStatus.of(code);
        assertEquals(code, status.code());
        assertEquals("UNKNOWN", status.name());
        assertEquals(VdmResult.UNKNOWN_STATUS, status.result());
    }

    @Test
    void onlyOneStatusIsASuccess() {
        for (int code = -200; code < 0x80; code++) {
            DsaStatus status = DsaStatus.of(code);
            if (code != 1) {
                assertNotEquals(VdmResult.SUCCESS, status.result(), status::toString);
            }
            assertEquals(code, status.code());
        }
        assertEquals(VdmResult.SUCCESS, DsaStatus.of(1).result());
    }

    @Test
    void statusNamesItsNumber() {
        assertEquals("PAGE_FAULT_NOBOF (0x03)", DsaStatus.of(3).toString());
        assertEquals("ENODEV (errno 19)", DsaStatus.of(-19).toString());
    }
}
