package io.github.vdm4j.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** The combination of the CRCs of two ranges. */
class Crc32cTest {
    @Property(tries = 200)
    void combineGivesTheCrcOfBoth(@ForAll @Size(max = 300) byte[] both, @ForAll int seed,
            @ForAll int where) {
        int cut = Math.floorMod(where, both.length + 1);
        CrcOptions seeded = CrcOptions.STANDARD.withSeed(seed);
        var first = new Crc32c(BruteForce.crc32c(Arrays.copyOf(both, cut), seeded));
        var second = new Crc32c(BruteForce.crc32c(
                Arrays.copyOfRange(both, cut, both.length), CrcOptions.STANDARD));
        assertEquals(new Crc32c(BruteForce.crc32c(both, seeded)),
                Crc32c.combine(first, second, both.length - cut));
    }

    @Test
    void combineRefusesNegativeLengths() {
        var crc = new Crc32c(1);
        assertEquals(
                "combine with a second range of -5,000 bytes: its length must not be negative",
                assertThrows(IllegalArgumentException.class,
                        () -> Crc32c.combine(crc, crc, -5_000)).getMessage());
        assertThrows(IllegalArgumentException.class,
                () -> Crc32c.combine(crc, crc, Long.MIN_VALUE));
        assertEquals("second", assertThrows(NullPointerException.class,
                () -> Crc32c.combine(crc, null, 0)).getMessage());
    }
}
