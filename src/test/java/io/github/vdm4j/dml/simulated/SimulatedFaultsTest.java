package io.github.vdm4j.dml.simulated;

import static io.github.vdm4j.dml.ffi.dml_h.DML_STATUS_BEING_PROCESSED;
import static io.github.vdm4j.dml.ffi.dml_h.DML_STATUS_OK;
import static io.github.vdm4j.dml.ffi.dml_h.DML_STATUS_PAGE_FAULT_ERROR;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.ffi.dml_job_t;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Page faults, disappearing devices, and devices on different nodes. */
class SimulatedFaultsTest {
    private final Arena arena = Arena.ofShared();
    private final SimulatedDml dml = new SimulatedDml().withHardware();
    private final RawJob job = new RawJob(dml, arena, dml_h.DML_PATH_HW);
    private final MemorySegment source = arena.allocate(4096, 4096);
    private final MemorySegment destination = arena.allocate(4096, 4096);
    private final MemorySegment crc = arena.allocate(JAVA_INT);

    SimulatedFaultsTest() {
        byte[] noise = new byte[4096];
        new Random(3).nextBytes(noise);
        source.copyFrom(MemorySegment.ofArray(noise));
    }

    @AfterEach
    void noRuleWasBroken() {
        job.finish();
        dml.close();
        arena.close();
    }

    private RawJob move(MemorySegment to, MemorySegment from, long length) {
        return job.describe(SimulatedTask.MEM_MOVE)
                .destination(to)
                .source(from)
                .sourceLength(length);
    }

    private void assertFault(boolean onWrite, long bytes, long address) {
        assertEquals(onWrite ? 0x83 : 0x03, job.record().get(JAVA_BYTE, 0) & 0xFF);
        assertEquals(bytes, job.record().get(JAVA_INT, 4));
        assertEquals(address, job.record().get(JAVA_LONG, 8));
    }

    @Test
    void pageFaultReportsBytesAndAddress() {
        dml.next(Plan.pageFault(1000));
        move(destination, source, 4096);
        assertEquals(DML_STATUS_PAGE_FAULT_ERROR, job.run());
        assertFault(true, 1000, destination.address() + 1000);
        assertEquals(0, job.result(), "from the start");
        assertEquals(1000, destination.mismatch(source));
    }

    @Test
    void moveFromTheEndIsReported() {
        byte[] before = source.toArray(JAVA_BYTE);
        dml.next(Plan.pageFault(1000));
        move(source.asSlice(96), source, 4000);
        assertEquals(DML_STATUS_PAGE_FAULT_ERROR, job.run());
        assertEquals(1, job.result());
        assertFault(true, 1000, source.address() + 96 + 2999);
        MemorySegment end = MemorySegment.ofArray(before).asSlice(3000, 1000);
        assertEquals(-1, source.asSlice(3096).mismatch(end));
        assertEquals(-1,
                source.asSlice(0, 3096).mismatch(MemorySegment.ofArray(before).asSlice(0, 3096)));
    }

    @Test
    void readFaultDiffersFromAWriteFault() {
        dml.next(Plan.pageFault(8), Plan.pageFault(0).faultingAt(4711));
        job.describe(SimulatedTask.COMPARE_PATTERN)
                .source(source)
                .pattern(source.get(JAVA_LONG, 0))
                .sourceLength(64);
        assertEquals(DML_STATUS_PAGE_FAULT_ERROR, job.run());
        assertFault(false, 8, source.address() + 8);
        assertEquals(8, job.offset());
        job.describe(SimulatedTask.COMPARE)
                .source(source)
                .secondSource(destination)
                .sourceLength(64);
        assertEquals(DML_STATUS_PAGE_FAULT_ERROR, job.run());
        assertFault(false, 0, 4711);
    }

    @Test
    void earlyMismatchAvoidsTheFault() {
        dml.next(Plan.pageFault(100));
        job.describe(SimulatedTask.COMPARE)
                .source(source)
                .secondSource(destination)
                .sourceLength(4096);
        assertEquals(DML_STATUS_OK, job.run());
        assertEquals(1, job.result());
        assertEquals(source.mismatch(destination), job.offset());
    }

    @Test
    void crcCanContinueBehindTheFault() {
        dml.next(Plan.pageFault(1234));
        job.describe(SimulatedTask.CRC).source(source).sourceLength(4096).crc(crc);
        assertEquals(DML_STATUS_PAGE_FAULT_ERROR, job.run());
        job.describe(SimulatedTask.CRC)
                .source(source.asSlice(1234))
                .sourceLength(4096 - 1234)
                .crc(crc)
                .flags(dml_h.DML_FLAG_CRC_READ_SEED);
        assertEquals(DML_STATUS_OK, job.run());
        var whole = new CRC32C();
        whole.update(source.toArray(JAVA_BYTE));
        assertEquals((int) whole.getValue(), crc.get(JAVA_INT, 0));
    }

    @Test
    void deltasAndProtectedBlocksAreCompletedWhole() {
        dml.next(Plan.pageFault(30), Plan.pageFault(1000));
        job.describe(SimulatedTask.DELTA_CREATE)
                .source(source)
                .secondSource(arena.allocate(64, 8))
                .sourceLength(64)
                .destination(destination)
                .destinationLength(80);
        assertEquals(DML_STATUS_PAGE_FAULT_ERROR, job.run());
        assertEquals(24, job.record().get(JAVA_INT, 4));
        assertEquals(30, job.destinationLength(), "three blocks of ten bytes");
        job.describe(SimulatedTask.DIF_INSERT)
                .source(source)
                .destination(destination)
                .sourceLength(2048)
                .dif(0, 0);
        assertEquals(DML_STATUS_PAGE_FAULT_ERROR, job.run());
        assertEquals(512, job.record().get(JAVA_INT, 4));
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 33, 41, 44, 46})
    void failureLeavesItsStatus(int status) {
        dml.next(Plan.fail(status));
        move(destination, source, 64);
        assertEquals(status, job.run());
    }

    @ParameterizedTest
    @ValueSource(ints = {26, 27, 101, 102, 103})
    void refusalLeavesItsStatus(int status) {
        dml.next(Plan.refuse(status));
        move(destination, source, 64);
        assertEquals(status, job.submit());
    }

    @Test
    void lostDeviceEndsJobsAndRefusesNewJobs() {
        dml.next(Plan.hold());
        move(destination, source, 4096);
        assertEquals(DML_STATUS_OK, job.submit());
        assertEquals(DML_STATUS_BEING_PROCESSED, job.check());
        dml.loseDevice(dml_h.DML_STATUS_INTERNAL_ERROR);
        assertEquals(dml_h.DML_STATUS_INTERNAL_ERROR, job.check());
        assertEquals(2048, destination.mismatch(source));
        move(destination, source, 4096);
        assertEquals(dml_h.DML_STATUS_LIBACCEL_NOT_FOUND, job.submit());
        dml.withHardware();
        move(destination, source, 4096);
        assertEquals(DML_STATUS_OK, job.run());
        assertEquals(-1, destination.mismatch(source));
    }

    @Test
    void jobWithoutANodeGoesToTheCallersNode() {
        dml.withHardwareOn(1).callersOn(0);
        move(destination, source, 64);
        assertEquals(dml_h.DML_STATUS_WORK_QUEUES_NOT_AVAILABLE, job.submit());
        dml_job_t.numa_id(job.struct, 1);
        move(destination, source, 64);
        assertEquals(DML_STATUS_OK, job.run());
        dml_job_t.numa_id(job.struct, -1);
        dml.callersOn(1);
        move(destination, source, 64);
        assertEquals(DML_STATUS_OK, job.run());
    }
}
