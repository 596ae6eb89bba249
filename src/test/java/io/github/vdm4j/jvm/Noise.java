package io.github.vdm4j.jvm;

import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Tuple;

/** Random contents and sizes for the tests of kernels. */
final class Noise {
    private Noise() {}

    static byte[] bytes(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** Returns mostly short sizes, and some around the thresholds of the kernels. */
    static Arbitrary<Integer> sizes() {
        return Arbitraries.frequencyOf(
                Tuple.of(1,
                        Arbitraries.of(0, 1, 7, 8, 9, 511, 512, 513, 4_095, 4_096, 4_097, 16_384,
                                16_385)),
                Tuple.of(4, Arbitraries.integers().between(0, 130)),
                Tuple.of(2, Arbitraries.integers().between(0, 5_000)),
                Tuple.of(1, Arbitraries.integers().between(0, 40_000)));
    }
}
