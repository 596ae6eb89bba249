package io.github.vdm4j.jvm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** The kernel that writes the source to both destinations. */
class DualcastKernelTest {
    @Provide
    Arbitrary<Integer> sizes() {
        return Noise.sizes();
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void bothDestinationsBecomeTheSource(
            @ForAll("sizes") int size,
            @ForAll @IntRange(max = 15) int misalignment,
            @ForAll Placed.Kind kind,
            @ForAll long seed) {
        copies(kind, misalignment, size, seed);
    }

    @Test
    void severalPiecesAreCopied() {
        copies(Placed.Kind.NATIVE, 3, (1 << 18) + 5, 1);
    }

    private static void copies(Placed.Kind kind, int misalignment, int size, long seed) {
        byte[] bytes = Noise.bytes(size, seed);
        Placed first =
                Placed.room(kind.isWritable() ? kind : Placed.Kind.BYTES, misalignment, size);
        Placed second = Placed.room(Placed.Kind.NATIVE, misalignment, size);
        DualcastKernel.copy(first.segment(), second.segment(),
                Placed.of(kind, misalignment, bytes).segment());
        assertArrayEquals(bytes, first.bytes());
        assertArrayEquals(bytes, second.bytes());
    }
}
