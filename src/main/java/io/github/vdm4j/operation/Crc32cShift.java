package io.github.vdm4j.operation;

/**
 * Multiplication modulo the polynomial of CRC-32C. Bit 31 of an {@code int} is the coefficient of
 * x<sup>0</sup>. The register of the reflected CRC has the same order.
 */
final class Crc32cShift {
    private static final int POLYNOMIAL = 0x82f63b78;

    /** The powers of x. The exponent of an element is two to the power of its index. */
    private static final int[] POWERS = new int[67];

    static {
        POWERS[0] = 1 << 30;
        for (int i = 1; i < POWERS.length; i++) {
            POWERS[i] = multiply(POWERS[i - 1], POWERS[i - 1]);
        }
    }

    private Crc32cShift() {}

    /** Returns the register after a number of further zero bytes. */
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
