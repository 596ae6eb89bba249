package io.github.vdm4j.dml;

import static io.github.vdm4j.dml.ffi.dml_h.DML_STATUS_BEING_PROCESSED;
import static io.github.vdm4j.dml.ffi.dml_h.DML_STATUS_OK;

import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.ffi.dml_job_t;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicReference;

/** One initialised job of a {@link SimulatedDml}: its state, and the rules about the sequence of calls. */
final class SimulatedJob {
    static final int SIZE = 376;

    /** What stands in a job's fields once a submission is over, so that whoever leaves one as it was is seen. */
    private static final long STALE_ADDRESS = 0x57A1E00057A1EL;

    private static final int STALE_INT = 0x57A1E;
    private static final long STALE_FLAGS = 0x57A1E << 8;

    private static final long MAGIC = 0x0DD5_0DA5_1BADL;
    private static final long LINE = 64;
    private static final int FENCE = 1;
    private static final long KNOWN_FLAGS = 0xFF_FFFF;

    private enum State {
        NEW, REFUSED, IN_FLIGHT, ENDED, FINALISED
    }

    private final SimulatedDml dml;
    private final MemorySegment struct;
    private final DmlPath path;
    private final AtomicReference<Thread> inside = new AtomicReference<>();
    private volatile State state = State.NEW;
    private Submission current;
    private int checksLeft;

    SimulatedJob(SimulatedDml dml, long address, DmlPath path) {
        this.dml = dml;
        this.path = path;
        struct = MemorySegment.ofAddress(address).reinterpret(SIZE);
        struct.fill((byte) 0);
        dml_job_t.numa_id(struct, -1);
        dml_job_t.internal_data_ptr(struct, struct.asSlice(dml_job_t.sizeof()));
        struct.set(ValueLayout.JAVA_LONG_UNALIGNED, dml_job_t.sizeof(), MAGIC);
    }

    /** The address that the internal pointer of a job has to have, and the job that it was made for. */
    static long jobOfInternalPointer(MemorySegment struct) {
        return dml_job_t.internal_data_ptr(struct).address() - dml_job_t.sizeof();
    }

    boolean isLive() {
        return state != State.FINALISED;
    }

    boolean isInFlight() {
        return state == State.IN_FLIGHT;
    }

    /** Whether the calling thread is the only one in this job, and the job is whole. */
    private boolean enter(String function) {
        Thread other = inside.compareAndExchange(null, Thread.currentThread());
        if (other != null) {
            violated(Rule.TWO_THREADS, function + " by " + Thread.currentThread() + " while " + other + " is in it");
            return false;
        }
        if (state == State.FINALISED) {
            violated(Rule.FINALISED, function);
        } else if (jobOfInternalPointer(struct) != struct.address()) {
            violated(Rule.MOVED, function);
        } else if (struct.get(ValueLayout.JAVA_LONG_UNALIGNED, dml_job_t.sizeof()) != MAGIC) {
            violated(Rule.OVERWRITTEN, function);
        } else {
            return true;
        }
        inside.set(null);
        return false;
    }

    private void violated(Rule rule, String detail) {
        dml.violated(rule, "job 0x%x: %s".formatted(struct.address(), detail));
    }

    int submit() {
        if (!enter("dml_submit_job")) {
            return dml_h.DML_STATUS_JOB_CORRUPTED();
        }
        try {
            if (state == State.IN_FLIGHT) {
                violated(Rule.SUBMITTED_IN_FLIGHT, current.toString());
                return dml_h.DML_STATUS_INTERNAL_ERROR();
            }
            current = dml.record(path, struct);
            dml_job_t.flags(struct, current.flags() & 0xFFFF & ~dml_h.DML_FLAG_COPY_ONLY());
            int refusal = current.status();
            if (refusal == DML_STATUS_OK() && !fieldsAreGood()) {
                refusal = dml_h.DML_STATUS_INTERNAL_ERROR();
            }
            if (refusal != DML_STATUS_OK()) {
                state = State.REFUSED;
                makeStale();
                return refusal;
            }
            state = State.IN_FLIGHT;
            checksLeft = current.path() == DmlPath.HARDWARE ? current.plan().checks() : 0;
            if (current.plan().during() != null) {
                current.plan().during().run();
            }
            if (current.path() == DmlPath.SOFTWARE) {
                current.execute();
            }
            return DML_STATUS_OK();
        } finally {
            inside.set(null);
        }
    }

    int check(String function) {
        if (!enter(function)) {
            return dml_h.DML_STATUS_JOB_CORRUPTED();
        }
        try {
            if (state == State.ENDED) {
                violated(Rule.CHECKED_AFTER_END, function + ", " + current);
                return current.plan().status();
            }
            if (state != State.IN_FLIGHT) {
                violated(
                        Rule.CHECKED_UNSUBMITTED,
                        function + (state == State.NEW
                                ? ", never submitted"
                                : ", the last submission was refused: " + current));
                return DML_STATUS_BEING_PROCESSED();
            }
            if (checksLeft < 0 ? !current.isReleased() : checksLeft > 0) {
                checksLeft -= checksLeft > 0 ? 1 : 0;
                return DML_STATUS_BEING_PROCESSED();
            }
            if (current.path() == DmlPath.HARDWARE && memoryIsReachable()) {
                current.execute();
            }
            state = State.ENDED;
            makeStale();
            return current.plan().status();
        } finally {
            inside.set(null);
        }
    }

    int finish() {
        if (!enter("dml_finalize_job")) {
            return dml_h.DML_STATUS_JOB_CORRUPTED();
        }
        try {
            if (state == State.IN_FLIGHT) {
                violated(Rule.FINALISED_IN_FLIGHT, current.toString());
            }
            state = State.FINALISED;
            return DML_STATUS_OK();
        } finally {
            inside.set(null);
        }
    }

    /** Real DML leaves the fields as they are; the contract is to write them anew all the same. */
    private void makeStale() {
        MemorySegment stale = MemorySegment.ofAddress(STALE_ADDRESS);
        dml_job_t.operation(struct, STALE_INT);
        dml_job_t.flags(struct, STALE_FLAGS);
        dml_job_t.source_first_ptr(struct, stale);
        dml_job_t.source_length(struct, STALE_INT);
        dml_job_t.destination_first_ptr(struct, stale);
        dml_job_t.destination_length(struct, STALE_INT);
        dml_job_t.pattern(struct).set(ValueLayout.JAVA_LONG_UNALIGNED, 0, STALE_ADDRESS);
    }

    private boolean fieldsAreGood() {
        Rule broken = brokenByFields(current);
        if (broken == null) {
            broken = dml.brokenByMemory(current);
        }
        if (broken != null) {
            violated(broken, current.toString());
        }
        return broken == null;
    }

    private boolean memoryIsReachable() {
        Rule broken = dml.brokenByMemory(current);
        if (broken != null) {
            violated(broken, "when the device came to it: " + current);
        }
        return broken == null;
    }

    private Rule brokenByFields(Submission s) {
        boolean nop = s.is(dml_h.DML_OP_NOP());
        boolean fill = s.is(dml_h.DML_OP_FILL());
        boolean flush = s.is(dml_h.DML_OP_CACHE_FLUSH());
        if (s.is(STALE_INT) || s.flags() == STALE_FLAGS) {
            return Rule.STALE_FIELD;
        }
        if (!nop && !fill && !flush && !s.copies()) {
            return Rule.UNKNOWN_OPERATION;
        }
        if ((s.flags() & ~KNOWN_FLAGS) != 0) {
            return Rule.DROPPED_FLAGS;
        }
        if ((s.flags() & FENCE) != 0) {
            return Rule.FENCED_ALONE;
        }
        if (nop) {
            return null;
        }
        if (s.destination() == STALE_ADDRESS
                || s.length() == STALE_INT
                || s.copies() && s.source() == STALE_ADDRESS
                || fill && s.pattern() == STALE_ADDRESS) {
            return Rule.STALE_FIELD;
        }
        if (s.length() == 0) {
            return Rule.LENGTH_ZERO;
        }
        if (s.path() == DmlPath.HARDWARE && s.length() > dml.maxTransferBytes()) {
            return Rule.LENGTH_ABOVE_LIMIT;
        }
        if (s.destination() == 0 || s.copies() && s.source() == 0) {
            return Rule.NULL_ADDRESS;
        }
        if (flush && (s.destination() % LINE != 0 || s.length() % LINE != 0)) {
            return Rule.PARTIAL_LINES;
        }
        boolean copyOnly = s.copies() && (s.flags() & dml_h.DML_FLAG_COPY_ONLY()) != 0;
        return copyOnly && Math.abs(s.source() - s.destination()) < s.length() ? Rule.COPY_OVERLAP : null;
    }

    @Override
    public String toString() {
        return "job 0x%x, %s, %s".formatted(struct.address(), path, state);
    }
}
