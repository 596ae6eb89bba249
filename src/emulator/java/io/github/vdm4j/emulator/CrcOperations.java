package io.github.vdm4j.emulator;

/** CRC-32C with DSA's options, alone and during a move. */
final class CrcOperations {
    private static final int POLYNOMIAL = 0x1EDC6F41;
    private static final int[] TABLE = new int[1 << Byte.SIZE];

    static {
        for (int i = 0; i < TABLE.length; i++) {
            int register = i << Integer.SIZE - Byte.SIZE;
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                register = register << 1 ^ (register < 0 ? POLYNOMIAL : 0);
            }
            TABLE[i] = register;
        }
    }

    private CrcOperations() {}

    static Completion execute(Descriptor descriptor, Access access, boolean copies)
            throws MemoryFault {
        long from = descriptor.source();
        long to = descriptor.destination();
        int seed = descriptor.intAt(40);
        if (descriptor.has(Flags.READ_SEED)) {
            Completion fault = access.missing(descriptor.longAt(48), Integer.BYTES, false);
            if (fault != null) {
                return fault;
            }
            seed = access.readBuffer(descriptor.longAt(48), Integer.BYTES).getInt();
        }
        boolean bypass = descriptor.has(Flags.BYPASS_REFLECTION);
        int register = bypass ? seed : Integer.reverse(~seed);
        Access.Extent extent = access.extent(descriptor.size()).with(from, false);
        if (copies) {
            extent.with(to, true);
        }
        for (long at = 0; at < extent.length(); at += Access.CHUNK) {
            access.progress(at, value(register, bypass), 0);
            byte[] bytes = access.read(from + at, Math.min(extent.length() - at, Access.CHUNK));
            if (copies) {
                access.write(to + at, bytes);
            }
            register = update(register, bytes, descriptor.has(Flags.BYPASS_DATA_REFLECTION));
        }
        return extent.completion().withValue(value(register, bypass));
    }

    /** Returns the register with the highest power first. */
    static int update(int register, byte[] bytes, boolean highestBitFirst) {
        int next = register;
        for (byte b : bytes) {
            int bits = highestBitFirst ? b : Integer.reverse(b) >>> Integer.SIZE - Byte.SIZE;
            next = next << Byte.SIZE ^ TABLE[(next >>> Integer.SIZE - Byte.SIZE ^ bits) & 0xff];
        }
        return next;
    }

    private static long value(int register, boolean bypass) {
        return Integer.toUnsignedLong(bypass ? register : ~Integer.reverse(register));
    }
}
