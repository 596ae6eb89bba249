package io.github.vdm4j.dml;

import static io.github.vdm4j.dml.ffi.dml_h.DML_STATUS_OK;
import static io.github.vdm4j.dml.ffi.dml_h.DML_STATUS_PAGE_FAULT_ERROR;

import java.util.HashMap;
import java.util.Map;

/**
 * What becomes of a submission to a {@link SimulatedDml}.
 *
 * @param refusal what the submission returns; OK if it is accepted
 * @param checks how often a check says "being processed" before the end is reported; negative if
 * only {@link Submission#release} ends it. Without effect on the software path, which is done when
 * the submission returns
 * @param status what the check reports in the end; if that is OK, what comes of the operation
 * itself
 * @param moved how many bytes are moved, from the end that the device begins at, or how many tasks
 * of a batch are run; negative for all
 * @param corrupt whether the first byte moved is wrong, or else the result
 * @param faultAddress where a page is not there; 0 for right behind what was moved
 * @param tasks what becomes of tasks of a batch, by their numbers
 * @param during what runs inside of the submission, on the submitting thread; or null
 * @param afterwards what runs once the bytes are moved; or null
 */
record Plan(
        int refusal,
        int checks,
        int status,
        long moved,
        boolean corrupt,
        long faultAddress,
        Map<Integer, Plan> tasks,
        Runnable during,
        Runnable afterwards) {
    private static final long ALL = -1;

    /** Accepted, and on hardware seen to be in flight once. */
    static Plan succeed() {
        return new Plan(DML_STATUS_OK, 1, DML_STATUS_OK, ALL, false, 0, Map.of(), null, null);
    }

    static Plan refuse(int status) {
        return new Plan(status, 0, DML_STATUS_OK, 0, false, 0, Map.of(), null, null);
    }

    /** Accepted, and ending with a status before a byte was moved. */
    static Plan fail(int status) {
        return new Plan(DML_STATUS_OK, 1, status, 0, false, 0, Map.of(), null, null);
    }

    /** Ending where a page is not there, having told so in the completion record. */
    static Plan pageFault(long bytesCompleted) {
        return fail(DML_STATUS_PAGE_FAULT_ERROR).moving(bytesCompleted);
    }

    /** On hardware in flight until the test says otherwise. */
    static Plan hold() {
        return succeed().afterChecks(-1);
    }

    Plan afterChecks(int count) {
        return new Plan(refusal, count, status, moved, corrupt, faultAddress, tasks, during,
                afterwards);
    }

    Plan moving(long count) {
        return new Plan(refusal, checks, status, count, corrupt, faultAddress, tasks, during,
                afterwards);
    }

    Plan corrupting() {
        return new Plan(refusal, checks, status, moved, true, faultAddress, tasks, during,
                afterwards);
    }

    Plan faultingAt(long address) {
        return new Plan(refusal, checks, status, moved, corrupt, address, tasks, during,
                afterwards);
    }

    /** Of the plan for a task only status, bytes moved, corruption and fault address count. */
    Plan withTask(int index, Plan plan) {
        var all = new HashMap<>(tasks);
        all.put(index, plan);
        return new Plan(refusal, checks, status, moved, corrupt, faultAddress, Map.copyOf(all),
                during, afterwards);
    }

    Plan during(Runnable action) {
        return new Plan(refusal, checks, status, moved, corrupt, faultAddress, tasks, action,
                afterwards);
    }

    Plan afterwards(Runnable action) {
        return new Plan(refusal, checks, status, moved, corrupt, faultAddress, tasks, during,
                action);
    }
}
