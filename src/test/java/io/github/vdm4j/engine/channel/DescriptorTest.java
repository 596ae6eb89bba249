package io.github.vdm4j.engine.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vdm4j.operation.DifBlockSize;
import io.github.vdm4j.operation.DifConfig;
import io.github.vdm4j.operation.DifFlag;
import io.github.vdm4j.operation.DifTags;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The expected bytes are those of {@code struct dsa_hw_desc} in linux/idxd.h, field by field. */
@DisplayName("A descriptor")
class DescriptorTest {
    private static final String TO = "1817161514131211";
    private static final String FROM = "2827262524232221";
    private static final String OTHER = "4847464544434241";
    private static final String SIZE = "0100008000000000";
    private static final String NULL = "0000000000000000";
    private static final int READBACK = 1 << 14;

    private final Part part = new Part();

    /** Every field has a value. The test therefore notices a field in a wrong place. */
    @BeforeEach
    void fillPart() {
        part.destination = 0x1112131415161718L;
        part.source = 0x2122232425262728L;
        part.second = 0x4142434445464748L;
        part.pattern = part.second;
        part.bytes = 0x80000001L;
        part.destinationBytes = 255;
        part.seed = 0xfffffeef;
    }

    /** Overwrites a descriptor of set bits. The test therefore notices an unwritten byte. */
    private void assertBytes(int opcode, int flags, String flagsAndOpcode, String fields) {
        MemorySegment memory = Arena.ofAuto().allocate(128, 64).fill((byte) -1);
        part.opcode = opcode;
        part.flags = flags;
        Descriptor.write(memory, 64, part);
        Descriptor.writeRecordAddress(memory, 64, 0x3132333435363720L);
        assertEquals("00000000" + flagsAndOpcode + "2037363534333231" + fields,
                HexFormat.of().formatHex(memory.asSlice(64).toArray(ValueLayout.JAVA_BYTE)));
        assertEquals(-1, memory.get(ValueLayout.JAVA_BYTE, 63));
    }

    @Test
    void nopAndDrainHaveNoFields() {
        assertBytes(Opcode.NOP, 0, "0c000000", NULL.repeat(6));
        assertBytes(Opcode.DRAIN, Part.FENCE, "0d000002", NULL.repeat(6));
    }

    @Test
    void moveHasSourceDestinationAndSize() {
        assertBytes(Opcode.MEM_MOVE, READBACK | Part.FOR_CACHE, "0c410003",
                FROM + TO + SIZE + NULL.repeat(3));
    }

    @Test
    void fillHasItsPatternInPlaceOfTheSource() {
        assertBytes(Opcode.FILL, 0, "0c000004", OTHER + TO + SIZE + NULL.repeat(3));
    }

    @Test
    void compareHasTwoSources() {
        assertBytes(Opcode.COMPARE, 0, "0c000005", FROM + OTHER + SIZE + NULL.repeat(3));
        assertBytes(Opcode.COMPARE_PATTERN, Part.CHECK_RESULT, "8c000006",
                FROM + OTHER + SIZE + NULL.repeat(3));
    }

    @Test
    void deltaHasItsRecordBehindTheSize() {
        assertBytes(Opcode.DELTA_CREATE, 0, "0c000007",
                FROM + OTHER + SIZE + TO + "ff00000000000000" + NULL);
        part.bytes = 80;
        assertBytes(Opcode.DELTA_APPLY, 0, "0c000008",
                FROM + TO + "ff00000000000000" + "5000000000000000" + NULL.repeat(2));
    }

    @Test
    void dualcastHasASecondDestination() {
        assertBytes(Opcode.DUALCAST, 0, "0c000009", FROM + TO + SIZE + OTHER + NULL.repeat(2));
    }

    @Test
    void crcHasASeed() {
        assertBytes(Opcode.CRC, Part.BYPASS_REFLECTION | Part.BYPASS_DATA_REFLECTION, "0c000610",
                FROM + NULL + SIZE + "effeffff00000000" + NULL.repeat(2));
        assertBytes(Opcode.COPY_CRC, 0, "0c000011",
                FROM + TO + SIZE + "effeffff00000000" + NULL.repeat(2));
    }

    @Test
    void difHasFlagsAndTagsOfEachSide() {
        part.dif = new DifConfig(DifBlockSize.BYTES_520,
                new DifTags(0x04030201, 0x0605, 0x0807), new DifTags(0x14131211, 0x1615, 0x1817),
                Set.of(DifFlag.SOURCE_FIXED_REFERENCE_TAG, DifFlag.DESTINATION_FIXED_REFERENCE_TAG,
                        DifFlag.INVERT_CRC_SEED));
        part.difFlags = part.dif.flagBits();
        part.block = 528;
        String source = "01020304" + "0708" + "0506";
        String destination = "11121314" + "1718" + "1516";
        // of the source, of the destination, of both and the size
        String flags = "8080050000000000";
        assertBytes(Opcode.DIF_CHECK, 0, "0c000012", FROM + NULL + SIZE + flags + source + NULL);
        assertBytes(Opcode.DIF_STRIP, 0, "0c000014", FROM + TO + SIZE + flags + source + NULL);
        assertBytes(Opcode.DIF_INSERT, 0, "0c000013",
                FROM + TO + SIZE + flags + NULL + destination);
        assertBytes(Opcode.DIF_UPDATE, 0, "0c000015",
                FROM + TO + SIZE + flags + source + destination);
    }

    @Test
    void cacheFlushHasADestination() {
        assertBytes(Opcode.CACHE_FLUSH, 0, "0c000020", NULL + TO + SIZE + NULL.repeat(3));
    }
}
