package io.github.vdm4j.dml;

import static io.github.vdm4j.dml.ffi.dml_h.DML_STATUS_LIBACCEL_NOT_FOUND;
import static io.github.vdm4j.dml.ffi.dml_h.DML_STATUS_OK;

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
 * An Intel DML made of upcalls: whoever calls it crosses the native boundary, with real structs,
 * and needs neither hardware nor libdml.
 *
 * <p>It is strict: what would crash, hang or mislead the real library is noted as a violation of a
 * {@link Rule}, which {@link #assertClean} and {@link #close} throw; never the upcall, for that
 * would end the JVM. It is programmable: a {@link Plan} says what becomes of a submission.
 *
 * <p>Its hardware is asynchronous and moves the bytes when the end is reported, as late as a device
 * may; its software path moves them inside of the submission.
 */
final class SimulatedDml implements SymbolLookup, AutoCloseable {
    private static final int ANY_NODE = -1;

    private final SimulatedFunctions functions = new SimulatedFunctions(this);
    private final AllowedMemory allowed = new AllowedMemory();

    // Guarded by this.
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

    /** Opens this as the library of a mover. */
    DmlLibrary library() {
        return DmlLibrary.of("simulated", this);
    }

    // What a test can tell it.

    /** There is a device. Without this, submissions to the hardware path are refused. */
    SimulatedDml withHardware() {
        hardware = true;
        lostWith = null;
        return this;
    }

    /**
     * There are devices on some NUMA nodes only; a job goes to the node that it names, or else to
     * its caller's.
     */
    SimulatedDml withHardwareOn(Integer... numbers) {
        nodes = Set.of(numbers);
        return withHardware();
    }

    /** Where the threads run that submit. Without this on node 0. */
    SimulatedDml callersOn(int node) {
        callersNode = node;
        return this;
    }

    /**
     * The device disappears: later submissions are refused with 100, and what is in flight ends
     * half-way, with a status. {@link #withHardware} brings it back.
     */
    SimulatedDml loseDevice(int status) {
        withoutHardware(DML_STATUS_LIBACCEL_NOT_FOUND);
        lostWith = status;
        functions.jobs().forEach(job -> job.lose(status));
        return this;
    }

    /** There is none, and the library says so with this status. */
    SimulatedDml withoutHardware(int status) {
        hardware = false;
        statusWithoutHardware = status;
        return this;
    }

    /** The limit of the device's queues. */
    SimulatedDml maxTransferBytes(long bytes) {
        maxTransferBytes = bytes;
        return this;
    }

    /** The limit of the device's queues. */
    SimulatedDml maxBatchTasks(int tasks) {
        maxBatchTasks = tasks;
        return this;
    }

    /** Makes dml_init_job fail after it has worked a number of times. */
    SimulatedDml failInit(int afterwards, int status) {
        initsBeforeFailure = afterwards;
        initStatus = status;
        return this;
    }

    /** Plans for the next submissions, one each, before what {@link #always} says. */
    synchronized SimulatedDml next(Plan... plans) {
        next.addAll(List.of(plans));
        return this;
    }

    synchronized SimulatedDml always(Plan plan) {
        return always(submission -> plan);
    }

    /** The function sees the submission with a plan of no meaning. */
    synchronized SimulatedDml always(Function<Submission, Plan> plans) {
        always = plans;
        return this;
    }

    /**
     * From the first call on, operations must stay inside of memory that was allowed, and is alive.
     */
    MemorySegment allow(MemorySegment segment) {
        allowed.add(segment);
        return segment;
    }

    // What a test can ask it.

    synchronized List<Submission> submissions() {
        return List.copyOf(submissions);
    }

    synchronized Submission lastSubmission() {
        return submissions.getLast();
    }

    /** Back to the beginning, except for jobs and violations. */
    synchronized void forget() {
        submissions.clear();
        allowed.clear();
        next.clear();
        always = submission -> Plan.succeed();
        checks = 0;
    }

    /** Lets everything end that is held, and holds nothing any more. */
    synchronized void releaseAll() {
        submissions.forEach(Submission::release);
        next.clear();
        always = submission -> Plan.succeed();
    }

    /** How often a job was checked. */
    synchronized int checks() {
        return checks;
    }

    /** How many jobs were ever initialised. */
    synchronized int initialised() {
        return initialised;
    }

    int liveJobs() {
        return (int) functions.jobs().stream().filter(SimulatedJob::isLive).count();
    }

    int inFlight() {
        return (int) functions.jobs().stream().filter(SimulatedJob::isInFlight).count();
    }

    /**
     * For a test in which a device never answers: the jobs that it still has cannot be finalised.
     */
    void abandonJobsInFlight() {
        functions.jobs().clear();
    }

    synchronized List<String> violations() {
        return List.copyOf(violations);
    }

    /** Fails the test if a rule was broken. */
    void assertClean() {
        List<String> broken = violations();
        if (!broken.isEmpty()) {
            throw new AssertionError(
                    "the contract of the job API was broken:\n  " + String.join("\n  ", broken));
        }
    }

    /** {@link #assertClean}, and no job may be left. */
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

    /** Counts a job, or tells why it is none. */
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

    /** With which status everything in flight ends, or null while the device is there. */
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
