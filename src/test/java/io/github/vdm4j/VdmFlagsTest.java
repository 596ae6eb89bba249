package io.github.vdm4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Flags as sets. */
class VdmFlagsTest {
    private static final VdmFlags BOTH = VdmFlags.MEM_DURABLE.and(VdmFlags.NO_CACHE_HINT);

    @Test
    @DisplayName("the bits are those of the C library, and equal sets are one object")
    void theBitsAreThoseOfTheCLibrary() {
        assertEquals(0, VdmFlags.NONE.bits());
        assertEquals(1, VdmFlags.MEM_DURABLE.bits());
        assertEquals(2, VdmFlags.NO_CACHE_HINT.bits());
        assertEquals(3, BOTH.bits());
        for (int bits = 0; bits < 4; bits++) {
            assertSame(VdmFlags.ofBits(bits), VdmFlags.ofBits(bits));
            assertEquals(bits, VdmFlags.ofBits(bits).bits());
        }
        assertSame(BOTH, VdmFlags.NO_CACHE_HINT.and(VdmFlags.MEM_DURABLE));
        assertSame(VdmFlags.MEM_DURABLE, VdmFlags.NONE.and(VdmFlags.MEM_DURABLE));
    }

    @Test
    @DisplayName("contains is true if the set has all flags, for every pair of sets")
    void containsChecksEveryFlag() {
        for (int set = 0; set < 4; set++) {
            for (int asked = 0; asked < 4; asked++) {
                assertEquals((set & asked) == asked,
                        VdmFlags.ofBits(set).contains(VdmFlags.ofBits(asked)));
            }
        }
        assertFalse(VdmFlags.MEM_DURABLE.contains(BOTH));
        assertTrue(BOTH.contains(VdmFlags.NONE));
    }

    @ParameterizedTest(name = "0x{0}")
    @ValueSource(longs = {4, 7, 0x100, 1L << 31, 1L << 32, Long.MIN_VALUE, -1})
    @DisplayName("H24: unknown bits are refused, with the bits and the known flags")
    void unknownBitsAreRefused(long bits) {
        var refused = assertThrows(IllegalArgumentException.class, () -> VdmFlags.ofBits(bits));
        assertEquals(
                ("unknown flags 0x%x in 0x%x: the flags are MEM_DURABLE (0x1) and NO_CACHE_HINT "
                        + "(0x2)")
                        .formatted(bits & ~3L, bits),
                refused.getMessage());
    }

    @Test
    @DisplayName("sets print their flags")
    void setsPrintTheirFlags() {
        assertEquals("NONE", VdmFlags.NONE.toString());
        assertEquals("MEM_DURABLE", VdmFlags.MEM_DURABLE.toString());
        assertEquals("NO_CACHE_HINT", VdmFlags.NO_CACHE_HINT.toString());
        assertEquals("MEM_DURABLE+NO_CACHE_HINT", BOTH.toString());
    }
}
