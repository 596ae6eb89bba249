package io.github.vdm4j.dml.job;

import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.operation.CrcOptions;
import io.github.vdm4j.operation.DifConfig;
import io.github.vdm4j.operation.DifTags;

/** An operation as a descriptor of the device. */
final class TaskDescriptor {
    /**
     * A task waits until those before it have succeeded. DML's own name for this bit is another's
     * (H12).
     */
    static final int FENCE = 1;

    private static final int MEM_MOVE = dml_h.DML_OP_MEM_MOVE;
    private static final int CHECK_RESULT = dml_h.DML_FLAG_CHECK_RESULT;

    // In the operation's own flags, which DML's have 16 bits higher.
    private static final int SECOND_DURABLE = dml_h.DML_FLAG_DUALCAST_DST2_DURABLE >>> 16;
    private static final int BYPASS_REFLECTION = dml_h.DML_FLAG_CRC_BYPASS_REFLECTION >>> 16;
    private static final int BYPASS_DATA_REFLECTION =
            dml_h.DML_FLAG_CRC_BYPASS_DATA_REFLECTION >>> 16;

    private TaskDescriptor() {}

    /**
     * Writes an operation into a batch. One that has nothing to do becomes a nop.
     *
     * @param buffer the batch
     * @param task its place
     * @param descriptor the operation, neither a flush nor a drain
     * @param durable whether the device has to make the destination durable
     * @param fence {@link #FENCE} or 0
     */
    static void put(BatchBuffer buffer, int task, Operation<?> descriptor, boolean durable,
            int fence) {
        long length = descriptor.byteSize();
        VdmOperationType type = descriptor.type();
        if (length == 0) {
            buffer.putNop(task, fence);
        } else if (type == VdmOperationType.MEMCPY || type == VdmOperationType.MEMMOVE) {
            put(
                    buffer,
                    task,
                    MEM_MOVE,
                    fence | Transfer.descriptorFlags(descriptor.flags(), durable),
                    descriptor.source().address(),
                    descriptor.destination().address(),
                    length);
        } else {
            putOther(buffer, task, descriptor, durable, fence);
        }
    }

    private static void putOther(BatchBuffer buffer, int task, Operation<?> descriptor,
            boolean durable, int fence) {
        long length = descriptor.byteSize();
        VdmOperationType type = descriptor.type();
        long from = descriptor.source() == null ? 0 : descriptor.source().address();
        long to = descriptor.destination() == null ? 0 : descriptor.destination().address();
        int flags = fence | (descriptor.destination() == null
                ? 0
                : Transfer.descriptorFlags(descriptor.flags(), durable));
        switch (type) {
            case MEMSET, FILL ->
                put(buffer, task, dml_h.DML_OP_FILL, flags, descriptor.pattern(), to, length);
            case COMPARE ->
                put(buffer, task, dml_h.DML_OP_COMPARE, flags, from,
                        descriptor.secondSource().address(), length);
            case COMPARE_PATTERN ->
                // A mismatch ends the batch, so that its byte can be looked for before a later task
                // writes there.
                put(
                        buffer,
                        task,
                        dml_h.DML_OP_COMPARE_PATTERN,
                        flags | CHECK_RESULT,
                        from,
                        descriptor.pattern(),
                        length);
            case DELTA_CREATE ->
                buffer.put(
                        task,
                        BatchBuffer.head(dml_h.DML_OP_DELTA_CREATE, flags, 0),
                        from,
                        descriptor.secondSource().address(),
                        length,
                        to,
                        descriptor.destination().byteSize(),
                        0);
            case DUALCAST ->
                buffer.put(
                        task,
                        BatchBuffer.head(dml_h.DML_OP_DUALCAST, flags,
                                durable ? SECOND_DURABLE : 0),
                        from,
                        to,
                        length,
                        descriptor.secondDestination().address(),
                        0,
                        0);
            case CRC ->
                putCrc(buffer, task, dml_h.DML_OP_CRC, flags, from, 0, length, descriptor.crc());
            case COPY_CRC -> putCrc(buffer, task, dml_h.DML_OP_COPY_CRC, flags, from, to, length,
                    descriptor.crc());
            case DIF_CHECK ->
                putDif(buffer, task, dml_h.DML_OP_DIF_CHECK, flags, descriptor, true, false);
            case DIF_INSERT ->
                putDif(buffer, task, dml_h.DML_OP_DIF_INSERT, flags, descriptor, false, true);
            case DIF_STRIP ->
                putDif(buffer, task, dml_h.DML_OP_DIF_STRIP, flags, descriptor, true, false);
            case DIF_UPDATE ->
                putDif(buffer, task, dml_h.DML_OP_DIF_UPDATE, flags, descriptor, true, true);
            default ->
                throw new IllegalArgumentException(type + " has no place in a batch of the device");
        }
    }

    private static void put(
            BatchBuffer buffer, int task, int operation, int flags, long first, long second,
            long length) {
        buffer.put(task, BatchBuffer.head(operation, flags, 0), first, second, length, 0, 0, 0);
    }

    private static void putCrc(
            BatchBuffer buffer,
            int task,
            int operation,
            int flags,
            long from,
            long to,
            long length,
            CrcOptions options) {
        int specific = (options.bypassReflection() ? BYPASS_REFLECTION : 0)
                | (options.bypassDataReflection() ? BYPASS_DATA_REFLECTION : 0);
        long seed = Integer.toUnsignedLong(options.seed());
        buffer.put(task, BatchBuffer.head(operation, flags, specific), from, to, length, seed, 0,
                0);
    }

    private static void putDif(
            BatchBuffer buffer,
            int task,
            int operation,
            int flags,
            Operation<?> descriptor,
            boolean ofSource,
            boolean ofDestination) {
        DifConfig dif = descriptor.dif();
        // A byte of flags for each side, one for both, and the block size in the lowest bits of
        // that.
        int bits = DataPart.difFlags(descriptor.type(), dif) | dif.blockSize().ordinal() << 16;
        buffer.put(
                task,
                BatchBuffer.head(operation, flags, 0),
                descriptor.source().address(),
                descriptor.destination() == null ? 0 : descriptor.destination().address(),
                descriptor.byteSize(),
                bits,
                ofSource ? tags(dif.source()) : 0,
                ofDestination ? tags(dif.destination()) : 0);
    }

    private static long tags(DifTags tags) {
        return Integer.toUnsignedLong(tags.reference())
                | (long) tags.applicationMask() << 32
                | (long) tags.application() << 48;
    }
}
