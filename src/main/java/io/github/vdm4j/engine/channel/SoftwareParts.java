package io.github.vdm4j.engine.channel;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.jvm.DifKernel;
import io.github.vdm4j.jvm.PartKernel;
import io.github.vdm4j.operation.DifConfig;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/**
 * The parts of an operation that the channel's software executes. Each part is an operation of its
 * own with its own slot. {@link io.github.vdm4j.jvm.Parts} makes the whole range durable.
 */
public final class SoftwareParts implements PartKernel {
    private final Consumer<Operation<?>> software;
    /** The path of the last part. All parts have the same path. */
    private volatile ExecutionPath path = ExecutionPath.NONE;

    /** Creates a kernel. The consumer executes a part and writes its completion record. */
    public SoftwareParts(Consumer<Operation<?>> software) {
        this.software = software;
    }

    @Override
    public ExecutionPath path() {
        return path;
    }

    @Override
    public long execute(Operation<?> operation, long from, long length) {
        Operation<?> part = part(operation, from, length);
        software.accept(part);
        if (part.recordedResult() != VdmResult.SUCCESS) {
            throw new PartFailedException(part);
        }
        path = part.executedBy();
        return switch (operation.type()) {
            case CRC, COPY_CRC -> part.value();
            case COMPARE, COMPARE_PATTERN -> part.value() < 0 ? -1 : from + part.value();
            case DIF_CHECK, DIF_STRIP, DIF_UPDATE -> part.value() < 0 ? -1
                    : DifKernel.found(from + part.value(), part.outcome());
            default -> -1;
        };
    }

    private static Operation<?> part(Operation<?> operation, long from, long length) {
        VdmOperationType type = operation.type();
        MemorySegment to = operation.destination();
        Object options = operation.crc() == null || from == 0 ? operation.crc()
                : operation.crc().withSeed(0);
        long toFrom = from;
        long toLength = length;
        DifConfig dif = operation.dif();
        if (dif != null) {
            long block = dif.blockSize().bytes();
            long whole = block + DifConfig.PROTECTION_BYTES;
            boolean insert = type == VdmOperationType.DIF_INSERT;
            long first = from / (insert ? block : whole);
            long count = length / (insert ? block : whole);
            long written = type == VdmOperationType.DIF_STRIP ? block : whole;
            toFrom = first * written;
            toLength = count * written;
            options = dif.after(first);
        }
        // The operation itself writes the CRC of all parts.
        MemorySegment second = type == VdmOperationType.CRC ? null : operation.second();
        return operation.part(slice(to, toFrom, toLength), slice(operation.source(), from, length),
                slice(second, from, length), options);
    }

    private static MemorySegment slice(MemorySegment segment, long from, long length) {
        return segment == null ? null : segment.asSlice(from, length);
    }
}
