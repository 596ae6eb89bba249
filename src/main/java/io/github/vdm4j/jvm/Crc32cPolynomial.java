package io.github.vdm4j.jvm;

/**
 * Arithmetic modulo the polynomial of CRC-32C. Bit 31 of an {@code int} is the coefficient of
 * x<sup>0</sup>, like in the register of the reflected CRC.
 */
final class Crc32cPolynomial {
    private static final int POLYNOMIAL = 0x82f63b78;

    /** The register before a zero byte, by the highest eight bits of the register after it. */
    private static final int[] BEFORE_ZERO_BYTE = new int[256];

    static {
        for (int i = 0; i < BEFORE_ZERO_BYTE.length; i++) {
            int register = i << 24;
            for (int bit = 0; bit < 8; bit++) {
                register = register < 0 ? (register ^ POLYNOMIAL) << 1 | 1 : register << 1;
            }
            BEFORE_ZERO_BYTE[i] = register;
        }
    }

    private Crc32cPolynomial() {}

    /** Returns the register from which four zero bytes lead to the given register. */
    static int beforeFourZeroBytes(int register) {
        int before = register;
        for (int i = 0; i < 4; i++) {
            before = before << 8 ^ BEFORE_ZERO_BYTE[before >>> 24];
        }
        return before;
    }
}
