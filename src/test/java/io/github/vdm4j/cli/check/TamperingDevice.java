package io.github.vdm4j.cli.check;

import io.github.vdm4j.dsa.portal.Portal;
import io.github.vdm4j.dsa.portal.Submission;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/** A device that makes a single mistake. Its descriptors are executed inside their submission. */
final class TamperingDevice implements Portal.Opener {
    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    private static final int BATCH = 1;
    private static final int MOVE = 3;
    private static final int CRC = 0x10;
    private static final int DESCRIPTOR = 64;

    /** The mistake of the device. */
    enum Fault {
        NONE, WRONG_BYTE, BYTE_BEHIND, WRONG_CRC, IGNORED_FENCE, IGNORED_CRC_FLAGS
    }

    private final Portal.Opener devices;
    private final Fault fault;

    TamperingDevice(Portal.Opener devices, Fault fault) {
        this.devices = devices;
        this.fault = fault;
    }

    @Override
    public Portal open(Path node) throws IOException {
        Portal portal = devices.open(node);
        return new Portal() {
            @Override
            public int submit(Submission memory) {
                MemorySegment descriptor = memory.descriptor();
                before(descriptor, opcode(descriptor));
                int error = portal.submit(memory);
                if (error == 0) {
                    after(descriptor, opcode(descriptor));
                }
                return error;
            }

            @Override
            public void reopen() throws IOException {
                portal.reopen();
            }

            @Override
            public void close() {
                portal.close();
            }
        };
    }

    private static int opcode(MemorySegment descriptor) {
        return descriptor.get(ValueLayout.JAVA_BYTE, 7);
    }

    private static long at(MemorySegment descriptor, int offset) {
        return descriptor.get(ValueLayout.JAVA_LONG, offset);
    }

    private void before(MemorySegment descriptor, int opcode) {
        if (fault == Fault.IGNORED_FENCE && opcode == BATCH) {
            for (int i = 0; i < descriptor.get(ValueLayout.JAVA_INT, 32); i++) {
                clear(MEMORY, at(descriptor, 16) + i * DESCRIPTOR + 4, 0);
            }
        } else if (fault == Fault.IGNORED_CRC_FLAGS && opcode == CRC) {
            clear(descriptor, 6, 0);
            clear(descriptor, 6, 1);
            clear(descriptor, 6, 2);
        }
    }

    private static void clear(MemorySegment flags, long at, int bit) {
        flags.set(ValueLayout.JAVA_BYTE, at,
                (byte) (flags.get(ValueLayout.JAVA_BYTE, at) & ~(1 << bit)));
    }

    private void after(MemorySegment descriptor, int opcode) {
        int bytes = descriptor.get(ValueLayout.JAVA_INT, 32);
        if (opcode == MOVE && fault == Fault.WRONG_BYTE) {
            flip(at(descriptor, 24) + bytes - 1);
        } else if (opcode == MOVE && fault == Fault.BYTE_BEHIND) {
            flip(at(descriptor, 24) + bytes);
        } else if (opcode == CRC && fault == Fault.WRONG_CRC) {
            flip(at(descriptor, 8) + 16);
        }
    }

    private static void flip(long address) {
        MEMORY.set(ValueLayout.JAVA_BYTE, address,
                (byte) ~MEMORY.get(ValueLayout.JAVA_BYTE, address));
    }
}
