package io.github.vdm4j.dsa.portal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The expected bytes are those of {@code struct dsa_hw_desc}, field by field. */
@DisplayName("A descriptor")
class DescriptorTest {
    private static final long TO = 0x1112131415161718L;
    private static final long FROM = 0x2122232425262728L;
    private static final long RECORD = 0x3132333435363720L;
    private static final long OTHER = 0x4142434445464748L;
    private static final String SIZE = "01000080";
    private static final int BYTES = 0x80000001;
    private static final String TO_BYTES = "1817161514131211";
    private static final String FROM_BYTES = "2827262524232221";
    private static final String OTHER_BYTES = "4847464544434241";
    private static final String NULL = "0000000000000000";

    /** Writes over a descriptor of ones, so that a byte that is not written shows. */
    private static void assertBytes(String flagsAndOpcode, String fields,
            Consumer<Descriptor> write) {
        MemorySegment memory = Arena.ofAuto().allocate(128, 64).fill((byte) -1);
        write.accept(new Descriptor(memory, 64, RECORD));
        String all = "00000000" + flagsAndOpcode + "2037363534333231" + fields;
        assertEquals(all, HexFormat.of()
                .formatHex(memory.asSlice(64).toArray(ValueLayout.JAVA_BYTE)));
        assertEquals(-1, memory.get(ValueLayout.JAVA_BYTE, 63));
    }

    @Test
    void nopAndDrainHaveNoFields() {
        assertBytes("0c000000", NULL.repeat(6), d -> d.nop(0));
        assertBytes("0d000002", NULL.repeat(6), d -> d.drain(Flag.FENCE));
    }

    @Test
    void batchHasAListAndACount() {
        assertBytes("0e000001", FROM_BYTES + NULL + "0500000000000000" + NULL.repeat(3),
                d -> d.batch(FROM, 5, Flag.BLOCK_ON_FAULT));
    }

    @Test
    void moveHasSourceDestinationAndSize() {
        assertBytes("0c410003", FROM_BYTES + TO_BYTES + SIZE + "00000000" + NULL.repeat(3),
                d -> d.move(TO, FROM, BYTES, Flag.READBACK | Flag.CACHE));
    }

    @Test
    void fillHasItsPatternInPlaceOfTheSource() {
        assertBytes("2c000004", OTHER_BYTES + TO_BYTES + SIZE + "00000000" + NULL.repeat(3),
                d -> d.fill(TO, BYTES, OTHER, Flag.DURABLE));
    }

    @Test
    void compareHasTwoSources() {
        assertBytes("0c000005", FROM_BYTES + OTHER_BYTES + SIZE + "00000000" + NULL.repeat(3),
                d -> d.compare(FROM, OTHER, BYTES, 0));
        assertBytes("0c000006", FROM_BYTES + OTHER_BYTES + SIZE + "00000000" + NULL.repeat(3),
                d -> d.comparePattern(FROM, BYTES, OTHER, 0));
    }

    @Test
    void deltaHasItsRecordBehindTheSize() {
        assertBytes("0c000007",
                FROM_BYTES + OTHER_BYTES + SIZE + "00000000" + TO_BYTES + "ff00000000000000"
                        + NULL,
                d -> d.createDelta(TO, 255, FROM, OTHER, BYTES, 0));
        assertBytes("0c000008",
                FROM_BYTES + TO_BYTES + SIZE + "00000000" + "ff00000000000000" + NULL.repeat(2),
                d -> d.applyDelta(TO, BYTES, FROM, 255, 0));
    }

    @Test
    void dualcastHasASecondDestination() {
        assertBytes("0c000009",
                FROM_BYTES + TO_BYTES + SIZE + "00000000" + OTHER_BYTES + NULL.repeat(2),
                d -> d.dualcast(TO, OTHER, FROM, BYTES, 0));
    }

    @Test
    void crcHasASeed() {
        assertBytes("0c000610",
                FROM_BYTES + NULL + SIZE + "00000000" + "effeffff00000000" + NULL.repeat(2),
                d -> d.crc(FROM, BYTES, 0xfffffeef,
                        Flag.BYPASS_REFLECTION | Flag.BYPASS_DATA_REFLECTION));
        assertBytes("0c000011",
                FROM_BYTES + TO_BYTES + SIZE + "00000000" + "effeffff00000000" + NULL.repeat(2),
                d -> d.copyCrc(TO, FROM, BYTES, 0xfffffeef, 0));
    }

    @Test
    void difHasFlagsAndTagsOfEachSide() {
        long tags = Descriptor.tags(0x04030201, 0x0605, 0xfffe);
        String tagBytes = "010203040506feff";
        assertBytes("0c000012",
                FROM_BYTES + NULL + SIZE + "00000000" + "81000d0000000000" + tagBytes + NULL,
                d -> d.checkDif(FROM, BYTES, 0x0d0081, tags, 0));
        assertBytes("0c000014",
                FROM_BYTES + TO_BYTES + SIZE + "00000000" + "81000d0000000000" + tagBytes + NULL,
                d -> d.stripDif(TO, FROM, BYTES, 0x0d0081, tags, 0));
        assertBytes("0c000013",
                FROM_BYTES + TO_BYTES + SIZE + "00000000" + "00900d0000000000" + NULL + tagBytes,
                d -> d.insertDif(TO, FROM, BYTES, 0x0d9000, tags, 0));
        assertBytes("0c000015",
                FROM_BYTES + TO_BYTES + SIZE + "00000000" + "81900d0000000000" + OTHER_BYTES
                        + tagBytes,
                d -> d.updateDif(TO, FROM, BYTES, 0x0d9081, OTHER, tags, 0));
    }

    @Test
    void cacheFlushHasADestination() {
        assertBytes("0c010020", NULL + TO_BYTES + SIZE + "00000000" + NULL.repeat(3),
                d -> d.flushCache(TO, BYTES, Flag.CACHE));
    }

    @Test
    void durableFlagsFollowTheCapabilities() {
        assertEquals(0, Flag.durable(0x1f));
        assertEquals(0x4000, Flag.durable(0x100));
        assertEquals(0x20, Flag.durable(0x20));
        assertEquals(0x4000, Flag.durable(0x120));
    }
}
