package io.github.vdm4j.dml;

import static io.github.vdm4j.dml.ffi.dml_h.DML_STATUS_OK;

/**
 * What becomes of a submission to a {@link SimulatedDml}.
 *
 * @param refusal what the submission returns; OK if it is accepted
 * @param checks how often a check says "being processed" before the end is reported; negative if only
 *     {@link Submission#release} ends it. Without effect on the software path, which is done when the
 *     submission returns
 * @param status what the check reports in the end
 * @param moved how many bytes are moved, from the end that the device begins at; negative for all
 * @param corrupt whether the first byte moved is wrong
 * @param during what runs inside of the submission, on the submitting thread; or null
 * @param afterwards what runs once the bytes are moved; or null
 */
record Plan(
        int refusal, int checks, int status, long moved, boolean corrupt, Runnable during, Runnable afterwards) {
    private static final long ALL = -1;

    /** Accepted, and on hardware seen to be in flight once. */
    static Plan succeed() {
        return new Plan(DML_STATUS_OK(), 1, DML_STATUS_OK(), ALL, false, null, null);
    }

    static Plan refuse(int status) {
        return new Plan(status, 0, DML_STATUS_OK(), 0, false, null, null);
    }

    /** Accepted, and ending with a status before a byte was moved. */
    static Plan fail(int status) {
        return new Plan(DML_STATUS_OK(), 1, status, 0, false, null, null);
    }

    /** On hardware in flight until the test says otherwise. */
    static Plan hold() {
        return succeed().afterChecks(-1);
    }

    Plan afterChecks(int count) {
        return new Plan(refusal, count, status, moved, corrupt, during, afterwards);
    }

    Plan moving(long bytes) {
        return new Plan(refusal, checks, status, bytes, corrupt, during, afterwards);
    }

    Plan corrupting() {
        return new Plan(refusal, checks, status, moved, true, during, afterwards);
    }

    Plan during(Runnable action) {
        return new Plan(refusal, checks, status, moved, corrupt, action, afterwards);
    }

    Plan afterwards(Runnable action) {
        return new Plan(refusal, checks, status, moved, corrupt, during, action);
    }
}
