package io.github.vdm4j.dml.simulated;

import static io.github.vdm4j.dml.ffi.dml_h.DML_STATUS_LIBACCEL_NOT_FOUND;
import static io.github.vdm4j.dml.ffi.dml_h.DML_STATUS_OK;

import io.github.vdm4j.dml.DmlLibrary;
import io.github.vdm4j.dml.DmlMovers;
import io.github.vdm4j.dml.DmlPath;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.ffi.dml_job_t;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A simulated Intel DML made of upcalls. Its callers cross the native boundary with real structs.
 * They need no hardware and no libdml.
 *
 * <p>The simulation is strict. If a call would crash, hang or mislead the real library, it records
 * a violation of a {@link Rule}. Later {@link #assertClean} and {@link #close} throw the violation,
 * because an exception of an upcall would end the JVM. The simulation is programmable. A {@link
 * Plan} states the outcome of a submission.
 *
 * <p>Its hardware is asynchronous and moves the bytes when it reports the end, at the last possible
 * moment. Its software path moves them in the submission.
 */
public final class SimulatedDml implements SymbolLookup, AutoCloseable {
    private static final int ANY_NODE = -1;

    private final SimulatedFunctions functions = new SimulatedFunctions(this);
    private final AllowedMemory allowed = new AllowedMemory();

    // This object's lock guards it.
    private final List<String> violations = new ArrayList<>();
    private final List<Submission> submissions = new ArrayList<>();
    private final Deque<Plan> next = new ArrayDeque<>();
    private Function<Submission, Plan> always = submission -> Plan.succeed();
    private int checks;
    private int initialised;

    private volatile boolean hardware;
    private volatile Integer lostWith;
    private volatile int statusWithoutHardware = DML_STATUS_LIBACCEL_NOT_FOUND;
    private volatile int initStatus = DML_STATUS_OK;
    private volatile int initsBeforeFailure = Integer.MAX_VALUE;
    private volatile long maxTransferBytes = 0xFFFF_FFFFL;
    private volatile int maxBatchTasks = 1024;
    private volatile Set<Integer> nodes = Set.of();
    private volatile int callersNode;

    @Override
    public Optional<MemorySegment> find(String name) {
        return functions.find(name);
    }

    /** Opens the simulation for a mover. */
    public DmlLibrary library() {
        return DmlMovers.library(this);
    }

    // The settings of a test.

    /** Adds a device. Without a device, the simulation refuses submissions to the hardware path. */
    public SimulatedDml withHardware() {
        hardware = true;
        lostWith = null;
        return this;
    }

    /**
     * Adds devices on some NUMA nodes. A job goes to the node in its field, or to its caller's
     * node.
     */
    public SimulatedDml withHardwareOn(Integer... numbers) {
        nodes = Set.of(numbers);
        return withHardware();
    }

    /** Sets the NUMA node of the submitting threads. Default: 0. */
    public SimulatedDml callersOn(int node) {
        callersNode = node;
        return this;
    }

    /**
     * Removes the device. The simulation refuses later submissions with 100, and jobs in flight end
     * half-way with a status. {@link #withHardware} restores the device.
     */
    public SimulatedDml loseDevice(int status) {
        withoutHardware(DML_STATUS_LIBACCEL_NOT_FOUND);
        lostWith = status;
        functions.jobs().forEach(job -> job.lose(status));
        return this;
    }

    /** Removes the device and sets the status of refused submissions. */
    public SimulatedDml withoutHardware(int status) {
        hardware = false;
        statusWithoutHardware = status;
        return this;
    }

    /** Sets the limit of the device's queues. */
    public SimulatedDml maxTransferBytes(long bytes) {
        maxTransferBytes = bytes;
        return this;
    }

    /** The limit of the device's queues. */
    public SimulatedDml maxBatchTasks(int tasks) {
        maxBatchTasks = tasks;
        return this;
    }

    /** Makes dml_init_job fail after a number of successes. */
    public SimulatedDml failInit(int afterwards, int status) {
        initsBeforeFailure = afterwards;
        initStatus = status;
        return this;
    }

    /** Sets the plans of the next submissions, before the plans of {@link #always}. */
    public synchronized SimulatedDml next(Plan... plans) {
        next.addAll(List.of(plans));
        return this;
    }

    public synchronized SimulatedDml always(Plan plan) {
        return always(submission -> plan);
    }

    /**
     * Sets a function that returns the plan of a submission. The plan in its argument has no
     * meaning.
     */
    public synchronized SimulatedDml always(Function<Submission, Plan> plans) {
        always = plans;
        return this;
    }

    /**
     * Allows a range. From the first call on, operations must stay inside allowed memory that is
     * alive.
     */
    public MemorySegment allow(MemorySegment segment) {
        allowed.add(segment);
        return segment;
    }

    // The questions of a test.

    public synchronized List<Submission> submissions() {
        return List.copyOf(submissions);
    }

    public synchronized Submission lastSubmission() {
        return submissions.getLast();
    }

    /** Resets everything except jobs and violations. */
    public synchronized void forget() {
        submissions.clear();
        allowed.clear();
        next.clear();
        always = submission -> Plan.succeed();
        checks = 0;
    }

    /** Releases every held submission. It does not hold further submissions. */
    public synchronized void releaseAll() {
        submissions.forEach(Submission::release);
        next.clear();
        always = submission -> Plan.succeed();
    }

    /** Returns the number of checks of jobs. */
    public synchronized int checks() {
        return checks;
    }

    /** Returns the number of jobs that callers have initialised. */
    public synchronized int initialised() {
        return initialised;
    }

    public int liveJobs() {
        return (int) functions.jobs().stream().filter(SimulatedJob::isLive).count();
    }

    public int inFlight() {
        return (int) functions.jobs().stream().filter(SimulatedJob::isInFlight).count();
    }

    /**
     * Forgets the jobs in flight, for a test of a device that never answers. No caller can finalise
     * such jobs.
     */
    public void abandonJobsInFlight() {
        functions.jobs().clear();
    }

    public synchronized List<String> violations() {
        return List.copyOf(violations);
    }

    /** Fails the test if a caller broke a rule. */
    public void assertClean() {
        List<String> broken = violations();
        if (!broken.isEmpty()) {
            throw new AssertionError(
                    "the contract of the job API was broken:\n  " + String.join("\n  ", broken));
        }
    }

    /** Calls {@link #assertClean} and checks that no job is left. */
    @Override
    public void close() {
        for (SimulatedJob job : functions.jobs()) {
            if (job.isLive()) {
                violated(Rule.LEAKED, job.toString());
            }
        }
        functions.jobs().clear();
        assertClean();
    }

    // For the jobs.

    synchronized void violated(Rule rule, String detail) {
        violations.add(rule + ": " + detail);
    }

    /** Counts a job and returns its status. Without a job, the status is not OK. */
    synchronized int initialiseOne() {
        if (initialised >= initsBeforeFailure) {
            return initStatus;
        }
        initialised++;
        return DML_STATUS_OK;
    }

    synchronized void countCheck() {
        checks++;
    }

    /** Returns the status with which jobs in flight end, or null while the device exists. */
    Integer lostWith() {
        return lostWith;
    }

    long maxTransferBytes() {
        return maxTransferBytes;
    }

    int maxBatchTasks() {
        return maxBatchTasks;
    }

    AllowedMemory allowed() {
        return allowed;
    }

    private boolean hasDeviceFor(int node) {
        return nodes.isEmpty() || nodes.contains(node == ANY_NODE ? callersNode : node);
    }

    synchronized Submission record(DmlPath wanted, MemorySegment struct) {
        DmlPath path =
                wanted != DmlPath.AUTO ? wanted : hardware ? DmlPath.HARDWARE : DmlPath.SOFTWARE;
        Plan plan;
        if (path == DmlPath.HARDWARE && !hardware) {
            plan = Plan.refuse(statusWithoutHardware);
        } else if (path == DmlPath.HARDWARE && !hasDeviceFor(dml_job_t.numa_id(struct))) {
            plan = Plan.refuse(dml_h.DML_STATUS_WORK_QUEUES_NOT_AVAILABLE);
        } else if (next.isEmpty()) {
            plan = always.apply(new Submission(path, struct, Plan.succeed()));
        } else {
            plan = next.remove();
        }
        Submission submission = new Submission(path, struct, plan);
        submissions.add(submission);
        return submission;
    }
}
