package io.github.vdm4j.emulator;

import io.github.vdm4j.emulator.FaultPlan.DescriptorFault;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Executes descriptors in a client's memory and writes their completion records. */
final class DescriptorRunner {
    private final FaultPlan faults;
    private final DescriptorRules rules;
    private final Random order; // If null, descriptors run in the order of the list.
    private final ClientMemory memory;
    private final DeviceModel.Observer observer;

    DescriptorRunner(FaultPlan faults, DescriptorRules rules, Random order, ClientMemory memory,
            DeviceModel.Observer observer) {
        this.faults = faults;
        this.rules = rules;
        this.order = order;
        this.memory = memory;
        this.observer = observer;
    }

    /** Returns false if the descriptor failed, or if its record could not be written. */
    boolean run(Descriptor descriptor, DescriptorFault fault, boolean inBatch) {
        Completion completion = rules.refusal(descriptor, inBatch);
        if (completion == null) {
            completion = fault.status() != 0 ? Completion.of(fault.status())
                    : execute(descriptor, fault);
        }
        observer.completed(descriptor, completion);
        return (fault.lost() || writeRecord(descriptor, completion)) && completion.isSuccess();
    }

    private Completion execute(Descriptor descriptor, DescriptorFault fault) {
        var access = new Access(memory, descriptor.has(Flags.BLOCK_ON_FAULT), fault.missingByte());
        try {
            Opcode opcode = Opcode.of(descriptor.opcode());
            return switch (opcode) {
                case NO_OP, DRAIN -> Completion.success();
                case BATCH -> runBatch(descriptor, access);
                case MOVE -> MoveOperations.move(descriptor, access);
                case FILL -> MoveOperations.fill(descriptor, access);
                case COMPARE -> MoveOperations.compare(descriptor, access);
                case COMPARE_PATTERN -> MoveOperations.comparePattern(descriptor, access);
                case CREATE_DELTA -> DeltaOperations.create(descriptor, access);
                case APPLY_DELTA -> DeltaOperations.apply(descriptor, access);
                case DUALCAST -> MoveOperations.dualcast(descriptor, access);
                case CRC -> CrcOperations.execute(descriptor, access, false);
                case COPY_CRC -> CrcOperations.execute(descriptor, access, true);
                case DIF_CHECK, DIF_INSERT, DIF_STRIP, DIF_UPDATE ->
                    DifOperations.execute(descriptor, opcode, access);
                case CACHE_FLUSH -> MoveOperations.flush(descriptor, access);
            };
        } catch (MemoryFault e) {
            return access.faulted(e);
        }
    }

    /** Between two fences the descriptors run in any order. */
    private Completion runBatch(Descriptor batch, Access access) {
        long count = batch.size();
        Access.Extent list = access.extent(count * Descriptor.BYTES).with(batch.source(), false);
        long fetched = list.length() / Descriptor.BYTES;
        byte[] bytes;
        try {
            bytes = access.read(batch.source(), fetched * Descriptor.BYTES);
        } catch (MemoryFault e) {
            return Completion.fault(Status.BATCH_PAGE_FAULT, false, e.address);
        }
        List<Descriptor> parallel = new ArrayList<>();
        boolean succeeded = true;
        long completed = 0;
        for (int i = 0; i < fetched; i++) {
            var descriptor = new Descriptor(bytes, i * Descriptor.BYTES);
            if (descriptor.has(Flags.FENCE)) {
                completed += parallel.size();
                succeeded &= runParallel(parallel);
                if (!succeeded) {
                    return Completion.of(Status.BATCH_FAILED).withBytes(completed);
                }
            }
            parallel.add(descriptor);
        }
        completed += parallel.size();
        succeeded &= runParallel(parallel);
        if (fetched < count) {
            return Completion.fault(Status.BATCH_PAGE_FAULT, false, list.fault().faultAddress())
                    .withBytes(completed)
                    .withResult(succeeded ? 0 : 1);
        }
        return Completion.of(succeeded ? Status.SUCCESS : Status.BATCH_FAILED).withBytes(completed);
    }

    private boolean runParallel(List<Descriptor> descriptors) {
        if (order != null) {
            Collections.shuffle(descriptors, order);
        }
        boolean succeeded = true;
        for (Descriptor descriptor : descriptors) {
            succeeded &= run(descriptor, faults.nextDescriptor(descriptor), true);
        }
        descriptors.clear();
        return succeeded;
    }

    /** Without a request, the device writes a record only for a failure. */
    private boolean writeRecord(Descriptor descriptor, Completion completion) {
        if (!descriptor.has(Flags.RECORD_ADDRESS_VALID)
                || completion.isSuccess() && !descriptor.has(Flags.REQUEST_RECORD)) {
            return true;
        }
        long address = descriptor.completionAddress();
        Completion missing = new Access(memory, true, -1).missing(address, Completion.BYTES, true);
        if (missing != null || address % Completion.BYTES != 0) {
            observer.recordLost(descriptor);
            return false;
        }
        try {
            memory.writeRecord(address, completion.toBytes());
        } catch (MemoryFault e) {
            observer.recordLost(descriptor);
            return false;
        }
        if (completion.faultAddress() != 0) {
            memory.faultReported(completion.faultAddress());
        }
        return true;
    }
}
