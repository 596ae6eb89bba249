package io.github.vdm4j.dml;

import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.ffi.dml_job_t;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** What a {@link SimulatedDml} was given to do: the job's fields as they crossed the native boundary. */
final class Submission {
    private static final MemorySegment EVERYTHING = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private final DmlPath path;
    private final long job;
    private final int operation;
    private final long source;
    private final long destination;
    private final long sourceLength;
    private final long destinationLength;
    private final long flags;
    private final long pattern;
    private final Thread thread;
    private final Plan plan;
    private volatile boolean released;

    Submission(DmlPath path, MemorySegment struct, Plan plan) {
        this.path = path;
        this.plan = plan;
        job = struct.address();
        operation = dml_job_t.operation(struct);
        source = dml_job_t.source_first_ptr(struct).address();
        destination = dml_job_t.destination_first_ptr(struct).address();
        sourceLength = Integer.toUnsignedLong(dml_job_t.source_length(struct));
        destinationLength = Integer.toUnsignedLong(dml_job_t.destination_length(struct));
        flags = dml_job_t.flags(struct);
        pattern = dml_job_t.pattern(struct).get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
        thread = Thread.currentThread();
    }

    DmlPath path() {
        return path;
    }

    long job() {
        return job;
    }

    int operation() {
        return operation;
    }

    long source() {
        return source;
    }

    long destination() {
        return destination;
    }

    /** As it arrived, before the library strips it. */
    long flags() {
        return flags;
    }

    long pattern() {
        return pattern;
    }

    Thread thread() {
        return thread;
    }

    Plan plan() {
        return plan;
    }

    /** What the submission returned. */
    int status() {
        return plan.refusal();
    }

    boolean copies() {
        return operation == dml_h.DML_OP_MEM_MOVE();
    }

    /** The field that counts for the operation. */
    long length() {
        return copies() ? sourceLength : destinationLength;
    }

    /** Lets a {@linkplain Plan#hold() held} submission end at its next check. */
    void release() {
        released = true;
    }

    boolean isReleased() {
        return released;
    }

    boolean is(int otherOperation) {
        return operation == otherOperation;
    }

    /** Moves the bytes, as many as the plan says. */
    void execute() {
        move();
        if (plan.afterwards() != null) {
            plan.afterwards().run();
        }
    }

    private void move() {
        long bytes = plan.moved() < 0 ? length() : Math.min(plan.moved(), length());
        if (bytes == 0) {
            return;
        }
        long begin = destination;
        if (copies()) {
            // The device works from the end where that keeps an overlapping source intact.
            long skip = destination > source && destination - source < length() ? length() - bytes : 0;
            begin = destination + skip;
            MemorySegment.copy(EVERYTHING, source + skip, EVERYTHING, begin, bytes);
        } else if (is(dml_h.DML_OP_FILL())) {
            for (long i = 0; i < bytes; i++) {
                EVERYTHING.set(ValueLayout.JAVA_BYTE, destination + i, (byte) (pattern >>> 8 * (i & 7)));
            }
        } else {
            return;
        }
        if (plan.corrupt()) {
            byte right = EVERYTHING.get(ValueLayout.JAVA_BYTE, begin);
            EVERYTHING.set(ValueLayout.JAVA_BYTE, begin, (byte) ~right);
        }
    }

    @Override
    public String toString() {
        return "operation %d on %s: [0x%x, +%d) -> [0x%x, +%d), flags 0x%x"
                .formatted(operation, path, source, sourceLength, destination, destinationLength, flags);
    }
}
