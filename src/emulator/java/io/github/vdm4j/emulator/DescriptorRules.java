package io.github.vdm4j.emulator;

/** The checks of a descriptor before the device executes it. */
final class DescriptorRules {
    private static final long RECORD_ALIGNMENT = 32;
    private static final long SEED_ALIGNMENT = 4;
    private static final long DUALCAST_ALIGNMENT = 4096;

    private final DeviceSettings device;
    private final QueueSettings queue;

    DescriptorRules(DeviceSettings device, QueueSettings queue) {
        this.device = device;
        this.queue = queue;
    }

    /** Returns the completion of a descriptor that the device refuses, or null. */
    Completion refusal(Descriptor descriptor, boolean inBatch) {
        Opcode opcode = Opcode.of(descriptor.opcode());
        if (opcode == null || !device.opcodes.get(opcode.code)
                || inBatch && opcode == Opcode.BATCH) {
            return Completion.of(Status.BAD_OPCODE);
        }
        int invalid = invalidFlags(descriptor, opcode, inBatch);
        if (invalid != 0) {
            return Completion.of(Status.BAD_FLAGS).withValue(invalid);
        }
        if (descriptor.has(Flags.REQUEST_INTERRUPT)) {
            return Completion.of(Status.BAD_INTERRUPT_HANDLE);
        }
        if (!opcode.reservedBytesAreZero(descriptor) || hasReservedDifBits(descriptor, opcode)) {
            return Completion.of(Status.RESERVED_NOT_ZERO);
        }
        if (descriptor.completionAddress() % RECORD_ALIGNMENT != 0) {
            return Completion.of(Status.RECORD_ALIGNMENT);
        }
        int status = opcode == Opcode.BATCH ? batchStatus(descriptor)
                : opcode == Opcode.NO_OP || opcode == Opcode.DRAIN ? 0
                        : dataStatus(descriptor, opcode);
        return status == 0 ? null : Completion.of(status);
    }

    private int invalidFlags(Descriptor descriptor, Opcode opcode, boolean inBatch) {
        int allowed = opcode.flags | (inBatch ? Flags.FENCE : 0);
        if (!queue.blockOnFault() || !device.can(DeviceSettings.BLOCK_ON_FAULT)) {
            allowed &= ~Flags.BLOCK_ON_FAULT;
        }
        if (!device.can(opcode == Opcode.CACHE_FLUSH ? DeviceSettings.CACHE_CONTROL_FLUSH
                : DeviceSettings.CACHE_CONTROL)) {
            allowed &= ~Flags.CACHE_CONTROL;
        }
        if (!device.can(DeviceSettings.READBACK)) {
            allowed &= ~Flags.READBACK;
        }
        if (!device.can(DeviceSettings.DURABLE)) {
            allowed &= ~Flags.DURABLE;
        }
        if (opcode == Opcode.FILL && !device.can(DeviceSettings.FILL_16)) {
            allowed &= ~Flags.FILL_16;
        }
        int invalid = descriptor.flags() & ~allowed;
        if (invalid == 0 && descriptor.has(Flags.REQUEST_RECORD)
                && !descriptor.has(Flags.RECORD_ADDRESS_VALID)) {
            invalid = Flags.REQUEST_RECORD;
        }
        if (invalid == 0 && opcode.hasResult() && !descriptor.has(Flags.REQUEST_RECORD)) {
            invalid = Flags.REQUEST_RECORD;
        }
        return invalid;
    }

    private static boolean hasReservedDifBits(Descriptor descriptor, Opcode opcode) {
        return switch (opcode) {
            case DIF_CHECK, DIF_STRIP, DIF_INSERT, DIF_UPDATE ->
                (descriptor.byteAt(42) & DifOperations.RESERVED_DIF_FLAGS) != 0
                        || (descriptor.byteAt(41) & DifOperations.RESERVED_DESTINATION_FLAGS) != 0;
            default -> false;
        };
    }

    private int batchStatus(Descriptor descriptor) {
        int least = device.can(DeviceSettings.BATCH_OF_ONE) ? 1 : 2;
        long most = queue.maxBatch() == 0 ? device.maxBatch : queue.maxBatch();
        if (descriptor.size() < least || descriptor.size() > most) {
            return Status.BAD_COUNT;
        }
        return descriptor.source() % Descriptor.BYTES == 0 ? 0 : Status.LIST_ALIGNMENT;
    }

    private int dataStatus(Descriptor descriptor, Opcode opcode) {
        long size = descriptor.size();
        long most = queue.maxTransfer() == 0 ? device.maxTransfer : queue.maxTransfer();
        if (size == 0 || size > most) {
            return Status.BAD_SIZE;
        }
        return switch (opcode) {
            case MOVE -> device.can(DeviceSettings.OVERLAP) ? 0 : overlap(descriptor, size);
            case COPY_CRC -> {
                int alignment = seedAlignment(descriptor);
                yield alignment != 0 ? alignment : overlap(descriptor, size);
            }
            case CRC -> seedAlignment(descriptor);
            case DUALCAST -> dualcastStatus(descriptor, size);
            case CREATE_DELTA -> createStatus(descriptor, size);
            case APPLY_DELTA -> applyStatus(descriptor, size);
            case DIF_CHECK, DIF_INSERT, DIF_STRIP, DIF_UPDATE ->
                size % DifOperations.sourceBlock(descriptor, opcode) != 0 ? Status.BAD_SIZE
                        : isClose(descriptor, size, opcode) ? Status.OVERLAP
                                : overlap(descriptor,
                                        DifOperations.destinationSize(descriptor, opcode));
            default -> 0;
        };
    }

    private static int seedAlignment(Descriptor descriptor) {
        return descriptor.has(Flags.READ_SEED) && descriptor.longAt(48) % SEED_ALIGNMENT != 0
                ? Status.ADDRESS_ALIGNMENT
                : 0;
    }

    private static int dualcastStatus(Descriptor descriptor, long size) {
        long first = descriptor.destination();
        long second = descriptor.longAt(40);
        if ((first ^ second) % DUALCAST_ALIGNMENT != 0) {
            return Status.DUALCAST_ALIGNMENT;
        }
        return overlap(first, size, second, size)
                || overlap(descriptor.source(), size, second, size)
                        ? Status.OVERLAP
                        : overlap(descriptor, size);
    }

    private static int createStatus(Descriptor descriptor, long size) {
        long record = descriptor.longAt(40);
        long capacity = Integer.toUnsignedLong(descriptor.intAt(48));
        if (size % DeltaOperations.WORD != 0 || size > DeltaOperations.MAX_RANGE) {
            return Status.BAD_SIZE;
        }
        if (capacity % DeltaOperations.ENTRY != 0 || capacity < DeltaOperations.LEAST_RECORD
                || capacity > DeltaOperations.MAX_RANGE / DeltaOperations.WORD
                        * DeltaOperations.ENTRY) {
            return Status.BAD_RECORD_SIZE;
        }
        if ((descriptor.source() | descriptor.destination() | record) % DeltaOperations.WORD != 0) {
            return Status.ADDRESS_ALIGNMENT;
        }
        return overlap(descriptor.source(), size, record, capacity)
                || overlap(descriptor.destination(), size, record, capacity) ? Status.OVERLAP : 0;
    }

    private static int applyStatus(Descriptor descriptor, long size) {
        long record = Integer.toUnsignedLong(descriptor.intAt(40));
        if (size % DeltaOperations.WORD != 0 || size > DeltaOperations.MAX_RANGE) {
            return Status.BAD_SIZE;
        }
        if (record % DeltaOperations.ENTRY != 0 || record == 0) {
            return Status.BAD_RECORD_SIZE;
        }
        // After a fault the client continues within the record, at a multiple of 10 bytes.
        if (descriptor.destination() % DeltaOperations.WORD != 0 || descriptor.source() % 2 != 0) {
            return Status.ADDRESS_ALIGNMENT;
        }
        return overlap(descriptor.source(), record, descriptor.destination(), size)
                ? Status.OVERLAP
                : 0;
    }

    /** Returns whether the source of a strip begins up to 8 bytes a block behind the end. */
    private static boolean isClose(Descriptor descriptor, long size, Opcode opcode) {
        long distance = descriptor.source() - descriptor.destination();
        return opcode == Opcode.DIF_STRIP && distance > 0 && distance <= size;
    }

    private static int overlap(Descriptor descriptor, long destinationSize) {
        return overlap(descriptor.source(), descriptor.size(), descriptor.destination(),
                destinationSize) ? Status.OVERLAP : 0;
    }

    private static boolean overlap(long first, long firstSize, long second, long secondSize) {
        return first < second + secondSize && second < first + firstSize;
    }
}
