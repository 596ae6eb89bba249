package io.github.vdm4j.dml.simulated;

import static io.github.vdm4j.dml.ffi.dml_h.DML_STATUS_BEING_PROCESSED;
import static io.github.vdm4j.dml.ffi.dml_h.DML_STATUS_OK;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vdm4j.dml.ffi.dml_dif_config_t;
import io.github.vdm4j.dml.ffi.dml_job_t;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/** A job of the real or the simulated DML, driven only by native calls. */
final class RawJob {
    private static final MethodHandle WITH_POINTER =
            handle(FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle WITH_PATH =
            handle(FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle WITH_NUMBER =
            handle(FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS));

    final MemorySegment struct;
    private final SymbolLookup dml;
    private final Arena arena;

    RawJob(SymbolLookup dml, Arena arena, int path) {
        this.dml = dml;
        this.arena = arena;
        struct = arena.allocate(SimulatedJob.SIZE, 64);
        try {
            assertEquals(
                    DML_STATUS_OK,
                    (int) WITH_PATH.invokeExact(dml.find("dml_init_job").orElseThrow(), path,
                            struct));
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static MethodHandle handle(FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(descriptor);
    }

    private int call(String function) {
        try {
            return (int) WITH_POINTER.invokeExact(dml.find(function).orElseThrow(), struct);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private int ask(String function, int number) {
        try {
            MemorySegment answer = arena.allocate(JAVA_INT);
            int status = (int) WITH_NUMBER.invokeExact(dml.find(function).orElseThrow(), struct,
                    number, answer);
            return status == DML_STATUS_OK ? answer.get(JAVA_INT, 0) : -status;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    int submit() {
        return call("dml_submit_job");
    }

    int check() {
        return call("dml_check_job");
    }

    int finish() {
        return call("dml_finalize_job");
    }

    /** Submits the job and checks it until it ends. */
    int run() {
        assertEquals(DML_STATUS_OK, submit());
        return awaitEnd();
    }

    int awaitEnd() {
        int status = check();
        for (int i = 0; status == DML_STATUS_BEING_PROCESSED && i < 1000; i++) {
            status = check();
        }
        return status;
    }

    /** Returns the size, or the negative status of the call. */
    int batchSize(int tasks) {
        return ask("dml_get_batch_size", tasks);
    }

    /** Returns the status, or the negative status of the call. */
    int batchStatus(int task) {
        return ask("dml_batch_get_status", task);
    }

    /** Writes every field, most of them with 0. */
    RawJob describe(int operation) {
        for (JobField field : JobField.values()) {
            struct.asSlice(field.at(), field.size()).fill((byte) 0);
        }
        dml_job_t.operation(struct, operation);
        return this;
    }

    RawJob source(MemorySegment segment) {
        dml_job_t.source_first_ptr(struct, segment);
        return this;
    }

    RawJob secondSource(MemorySegment segment) {
        dml_job_t.source_second_ptr(struct, segment);
        return this;
    }

    RawJob destination(MemorySegment segment) {
        dml_job_t.destination_first_ptr(struct, segment);
        return this;
    }

    RawJob secondDestination(MemorySegment segment) {
        dml_job_t.destination_second_ptr(struct, segment);
        return this;
    }

    RawJob sourceLength(long length) {
        dml_job_t.source_length(struct, (int) length);
        return this;
    }

    RawJob destinationLength(long length) {
        dml_job_t.destination_length(struct, (int) length);
        return this;
    }

    RawJob flags(long flags) {
        dml_job_t.flags(struct, flags);
        return this;
    }

    RawJob pattern(long pattern) {
        dml_job_t.pattern(struct)
                .set(java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED, 0, pattern);
        return this;
    }

    RawJob crc(MemorySegment pointer) {
        dml_job_t.crc_checksum_ptr(struct, pointer);
        return this;
    }

    RawJob expected(int result) {
        dml_job_t.expected_result(struct, result);
        return this;
    }

    RawJob dif(int blockSize, int flags) {
        MemorySegment dif = dml_job_t.dif_config(struct);
        dml_dif_config_t.block_size(dif, blockSize);
        dml_dif_config_t.flags(dif, flags);
        return this;
    }

    RawJob sourceTags(int reference, int application, int mask) {
        MemorySegment dif = dml_job_t.dif_config(struct);
        dml_dif_config_t.source_reference_tag_seed(dif, reference);
        dml_dif_config_t.source_application_tag_seed(dif, (short) application);
        dml_dif_config_t.source_application_tag_mask(dif, (short) mask);
        return this;
    }

    RawJob destinationTags(int reference, int application, int mask) {
        MemorySegment dif = dml_job_t.dif_config(struct);
        dml_dif_config_t.destination_reference_tag_seed(dif, reference);
        dml_dif_config_t.destination_application_tag_seed(dif, (short) application);
        dml_dif_config_t.destination_application_tag_mask(dif, (short) mask);
        return this;
    }

    int result() {
        return dml_job_t.result(struct);
    }

    long offset() {
        return Integer.toUnsignedLong(dml_job_t.offset(struct));
    }

    int destinationLength() {
        return dml_job_t.destination_length(struct);
    }

    /** Returns the completion record of the job, at the address in its descriptor. */
    MemorySegment record() {
        MemorySegment descriptor = dml_job_t.internal_data_ptr(struct).reinterpret(64);
        return MemorySegment.ofAddress(descriptor.get(java.lang.foreign.ValueLayout.JAVA_LONG, 8))
                .reinterpret(SimulatedRecord.SIZE);
    }
}
