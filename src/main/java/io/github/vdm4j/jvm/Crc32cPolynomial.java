package io.github.vdm4j.jvm;

/**
 * Arithmetic modulo the polynomial of CRC-32C. Bit 31 of an {@code int} is the coefficient of
 * x<sup>0</sup>, as in the register of the reflected CRC.
 */
final class Crc32cPolynomial {
    private static final int POLYNOMIAL = 0x82f63b78;

    /** What a register with only these highest eight bits was, before a zero byte. */
    private static final int[] BEFORE_ZERO_BYTE = new int[256];

    /** x to the power of 2 to the power of the index. */
    private static final int[] POWERS = new int[67];

    static {
        for (int i = 0; i < BEFORE_ZERO_BYTE.length; i++) {
            int register = i << 24;
            for (int bit = 0; bit < 8; bit++) {
                register = register < 0 ? (register ^ POLYNOMIAL) << 1 | 1 : register << 1;
            }
            BEFORE_ZERO_BYTE[i] = register;
        }
        POWERS[0] = 1 << 30;
        for (int i = 1; i < POWERS.length; i++) {
            POWERS[i] = multiply(POWERS[i - 1], POWERS[i - 1]);
        }
    }

    private Crc32cPolynomial() {}

    /** The register from which four zero bytes lead to another. */
    static int beforeFourZeroBytes(int register) {
        int before = register;
        for (int i = 0; i < 4; i++) {
            before = before << 8 ^ BEFORE_ZERO_BYTE[before >>> 24];
        }
        return before;
    }

    /** The register to which so many zero bytes lead. */
    static int shift(int register, long bytes) {
        int shifted = register;
        for (long rest = bytes; rest != 0; rest &= rest - 1) {
            shifted = multiply(POWERS[3 + Long.numberOfTrailingZeros(rest)], shifted);
        }
        return shifted;
    }

    private static int multiply(int a, int b) {
        int product = 0;
        int shifted = b;
        for (int rest = a; rest != 0; rest <<= 1) {
            product ^= shifted & rest >> 31;
            shifted = shifted >>> 1 ^ (POLYNOMIAL & -(shifted & 1));
        }
        return product;
    }
}
