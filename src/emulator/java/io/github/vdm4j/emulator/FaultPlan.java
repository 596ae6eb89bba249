package io.github.vdm4j.emulator;

/**
 * The faults that a device shows. The device asks the plan for each write and for each descriptor,
 * in the order of their arrival.
 */
public interface FaultPlan {
    /** No faults. */
    FaultPlan NONE = new FaultPlan() {};

    /**
     * The fault of a write.
     *
     * @param accepted the number of descriptors that the queue accepts before it refuses
     * @param errno the error number of the refusal, if the queue accepts no descriptor
     */
    record WriteFault(int accepted, int errno) {
        /** The queue accepts every descriptor. */
        public static final WriteFault NONE = new WriteFault(Integer.MAX_VALUE, 0);
    }

    /**
     * The fault of a descriptor. The delay and the death have no effect on a descriptor in a batch.
     *
     * @param status the status with which the device ends it without executing it, or 0. It is no
     *     page fault, because a page fault needs an address
     * @param missingByte the missing byte of each of its ranges, or -1
     * @param extraNanos the delay of its completion
     * @param lost true to execute it and to write no completion record
     * @param death true to end the device
     */
    record DescriptorFault(int status, long missingByte, long extraNanos, boolean lost,
            boolean death) {
        public DescriptorFault {
            int code = status & ~Status.WRITE_FAULT;
            if (code != status || status < 0 || status > 0xff || code == Status.PAGE_FAULT
                    || code == Status.BATCH_PAGE_FAULT) {
                throw new IllegalArgumentException(
                        "status 0x%x: must be below 0x80 and no page fault".formatted(status));
            }
        }

        /** The device executes the descriptor. */
        public static final DescriptorFault NONE = new DescriptorFault(0, -1, 0, false, false);

        /** Returns a fault that ends a descriptor with a status without its execution. */
        public static DescriptorFault status(int status) {
            return new DescriptorFault(status, -1, 0, false, false);
        }

        /** Returns a page fault at a byte of each range. */
        public static DescriptorFault missingByte(long offset) {
            return new DescriptorFault(0, offset, 0, false, false);
        }

        /** Returns a delay of the completion. */
        public static DescriptorFault late(long nanos) {
            return new DescriptorFault(0, -1, nanos, false, false);
        }

        /** Returns a fault after which the record stays 0. */
        public static DescriptorFault losingRecord() {
            return new DescriptorFault(0, -1, 0, true, false);
        }

        /** Returns the end of the device. */
        public static DescriptorFault endingDevice() {
            return new DescriptorFault(0, -1, 0, false, true);
        }
    }

    /** Returns the fault of the next write. */
    default WriteFault nextWrite(int descriptors) {
        return WriteFault.NONE;
    }

    /**
     * Returns the fault of the next descriptor. The device asks when a queue has accepted the
     * descriptor. For a descriptor of a batch, it asks before the execution.
     */
    default DescriptorFault nextDescriptor(Descriptor descriptor) {
        return DescriptorFault.NONE;
    }
}
