package io.github.vdm4j.dml.simulated;

import static io.github.vdm4j.dml.ffi.dml_h.DML_STATUS_OK;
import static io.github.vdm4j.dml.ffi.dml_h.DML_STATUS_PAGE_FAULT_ERROR;

import java.util.HashMap;
import java.util.Map;

/**
 * The planned outcome of a submission to a {@link SimulatedDml}.
 *
 * @param refusal the status that the submission returns, OK if it is accepted
 * @param checks the number of checks that report "being processed" before the end. It is negative
 *         if only {@link Submission#release} ends the submission. The software path ignores it,
 *         because it ends inside the submission
 * @param status the status that the check reports at the end. OK means the operation's own status
 * @param moved the number of moved bytes, from the end at which the device begins, or the number of
 *         tasks that a batch runs. It is negative for all
 * @param corrupt whether the first moved byte is wrong, or the result if no byte moves
 * @param faultAddress the address of a missing page, or 0 for the byte behind the moved bytes
 * @param tasks the outcomes of tasks of a batch, by their numbers
 * @param during an action inside the submission, on the submitting thread, or null
 * @param afterwards an action after the bytes are moved, or null
 */
public record Plan(
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

    /** Returns a plan of a success. On hardware, the first check finds it in flight. */
    public static Plan succeed() {
        return new Plan(DML_STATUS_OK, 1, DML_STATUS_OK, ALL, false, 0, Map.of(), null, null);
    }

    public static Plan refuse(int status) {
        return new Plan(status, 0, DML_STATUS_OK, 0, false, 0, Map.of(), null, null);
    }

    /** Returns a plan of an accepted submission that ends with a status before a byte is moved. */
    public static Plan fail(int status) {
        return new Plan(DML_STATUS_OK, 1, status, 0, false, 0, Map.of(), null, null);
    }

    /** Returns a plan that ends at a missing page, with its address in the completion record. */
    public static Plan pageFault(long bytesCompleted) {
        return fail(DML_STATUS_PAGE_FAULT_ERROR).moving(bytesCompleted);
    }

    /** Returns a plan that stays in flight on hardware until the test releases it. */
    public static Plan hold() {
        return succeed().afterChecks(-1);
    }

    public Plan afterChecks(int count) {
        return new Plan(refusal, count, status, moved, corrupt, faultAddress, tasks, during,
                afterwards);
    }

    public Plan moving(long count) {
        return new Plan(refusal, checks, status, count, corrupt, faultAddress, tasks, during,
                afterwards);
    }

    public Plan corrupting() {
        return new Plan(refusal, checks, status, moved, true, faultAddress, tasks, during,
                afterwards);
    }

    public Plan faultingAt(long address) {
        return new Plan(refusal, checks, status, moved, corrupt, address, tasks, during,
                afterwards);
    }

    /**
     * Returns this plan with a plan for a task. Only its status, bytes moved, corruption and fault
     * address count.
     */
    public Plan withTask(int index, Plan plan) {
        var all = new HashMap<>(tasks);
        all.put(index, plan);
        return new Plan(refusal, checks, status, moved, corrupt, faultAddress, Map.copyOf(all),
                during, afterwards);
    }

    public Plan during(Runnable action) {
        return new Plan(refusal, checks, status, moved, corrupt, faultAddress, tasks, action,
                afterwards);
    }

    public Plan afterwards(Runnable action) {
        return new Plan(refusal, checks, status, moved, corrupt, faultAddress, tasks, during,
                action);
    }
}
