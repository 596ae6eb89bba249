package io.github.vdm4j.dml;

import static io.github.vdm4j.dml.ffi.dml_h.DML_STATUS_BEING_PROCESSED;
import static io.github.vdm4j.dml.ffi.dml_h.DML_STATUS_LIBACCEL_NOT_FOUND;
import static io.github.vdm4j.dml.ffi.dml_h.DML_STATUS_OK;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.ffi.dml_job_t;
import io.github.vdm4j.dml.ffi.dml_library_version_t;
import io.github.vdm4j.dml.internal.MissingSymbolException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandles;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.IntSupplier;

/**
 * An Intel DML made of upcalls: whoever calls it crosses the native boundary, with real structs, and
 * needs neither hardware nor libdml.
 *
 * <p>It is strict: what would crash, hang or mislead the real library is noted as a violation of a
 * {@link Rule}, which {@link #assertClean} and {@link #close} throw; never the upcall, for that would
 * end the JVM. It is programmable: a {@link Plan} says what becomes of a submission.
 *
 * <p>Its hardware is asynchronous and moves the bytes when the end is reported, as late as a device
 * may; its software path moves them inside of the submission.
 */
final class SimulatedDml implements SymbolLookup, AutoCloseable {
    private static final FunctionDescriptor ONE_POINTER = FunctionDescriptor.of(JAVA_INT, ADDRESS);
    private static final FunctionDescriptor NUMBER_AND_POINTER = FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS);
    private static final FunctionDescriptor POINTER_NUMBER_AND_POINTER =
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS);

    private static final int ANY_NODE = -1;

    /** The stubs live as long as something can call them, which an opened library may after close. */
    private final Arena arena = Arena.ofAuto();

    private final Map<String, MemorySegment> symbols = new HashMap<>();
    private final Map<Long, SimulatedJob> jobs = new ConcurrentHashMap<>();
    private final AllowedMemory allowed = new AllowedMemory();
    private final MemorySegment version = arena.allocate(dml_library_version_t.layout());

    // Guarded by this.
    private final List<String> violations = new ArrayList<>();
    private final List<Submission> submissions = new ArrayList<>();
    private final Deque<Plan> next = new ArrayDeque<>();
    private Function<Submission, Plan> always = submission -> Plan.succeed();
    private int checks;
    private int initialised;

    private volatile boolean hardware;
    private volatile int statusWithoutHardware = DML_STATUS_LIBACCEL_NOT_FOUND();
    private volatile int initStatus = DML_STATUS_OK();
    private volatile int initsBeforeFailure = Integer.MAX_VALUE;
    private volatile long maxTransferBytes = 0xFFFF_FFFFL;
    private volatile int maxBatchTasks = 1024;
    private volatile Set<Integer> nodes = Set.of();
    private volatile int callersNode;

    SimulatedDml() {
        putText("Intel(R) DML, simulated", dml_library_version_t.name(version));
        putText("1.1.1", dml_library_version_t.version(version));
        dml_library_version_t.major(version, 1);
        dml_library_version_t.minor(version, 1);
        dml_library_version_t.patch(version, 1);
        define("dml_get_library_version", FunctionDescriptor.of(ADDRESS));
        define("dml_get_job_size", NUMBER_AND_POINTER);
        define("dml_init_job", NUMBER_AND_POINTER);
        define("dml_finalize_job", ONE_POINTER);
        define("dml_submit_job", ONE_POINTER);
        define("dml_check_job", ONE_POINTER);
        define("dml_wait_job", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
        define("dml_execute_job", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
        define("dml_get_batch_size", POINTER_NUMBER_AND_POINTER);
        define("dml_batch_get_status", POINTER_NUMBER_AND_POINTER);
    }

    private static void putText(String text, MemorySegment field) {
        field.setString(0, text);
    }

    /** The symbol is the method of the same name. */
    private void define(String name, FunctionDescriptor descriptor) {
        try {
            var handle = MethodHandles.lookup().bind(this, name, descriptor.toMethodType());
            symbols.put(name, Linker.nativeLinker().upcallStub(handle, descriptor, arena));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(name, e);
        }
    }

    @Override
    public Optional<MemorySegment> find(String name) {
        return Optional.ofNullable(symbols.get(name));
    }

    /** Opens this as the library of a mover. */
    DmlLibrary library() {
        try {
            return DmlLibrary.of("simulated", this);
        } catch (MissingSymbolException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    // What a test can tell it.

    /** There is a device. Without this, submissions to the hardware path are refused. */
    SimulatedDml withHardware() {
        hardware = true;
        return this;
    }

    /** There are devices on some NUMA nodes only; a job goes to the node that it names, or else to its caller's. */
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
     * The device disappears: later submissions are refused with 100, and what is in flight ends half-way,
     * with a status. {@link #withHardware} brings it back.
     */
    SimulatedDml loseDevice(int status) {
        withoutHardware(DML_STATUS_LIBACCEL_NOT_FOUND());
        jobs.values().forEach(job -> job.lose(status));
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

    /** From the first call on, operations must stay inside of memory that was allowed, and is alive. */
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
        return (int) jobs.values().stream().filter(SimulatedJob::isLive).count();
    }

    int inFlight() {
        return (int) jobs.values().stream().filter(SimulatedJob::isInFlight).count();
    }

    /** For a test in which a device never answers: the jobs that it still has cannot be finalised. */
    void abandonJobsInFlight() {
        jobs.clear();
    }

    synchronized List<String> violations() {
        return List.copyOf(violations);
    }

    /** Fails the test if a rule was broken. */
    void assertClean() {
        List<String> broken = violations();
        if (!broken.isEmpty()) {
            throw new AssertionError("the contract of the job API was broken:\n  " + String.join("\n  ", broken));
        }
    }

    /** {@link #assertClean}, and no job may be left. */
    @Override
    public void close() {
        for (SimulatedJob job : jobs.values()) {
            if (job.isLive()) {
                violated(Rule.LEAKED, job.toString());
            }
        }
        jobs.clear();
        assertClean();
    }

    // The library. Each function is called by its native name.

    private MemorySegment dml_get_library_version() {
        return version;
    }

    private int dml_get_job_size(int path, MemorySegment size) {
        return guarded(
                () -> {
                    size.reinterpret(Integer.BYTES).set(JAVA_INT, 0, SimulatedJob.SIZE);
                    return knownPath(path) == null ? dml_h.DML_STATUS_PATH_ERROR() : DML_STATUS_OK();
                });
    }

    private int dml_init_job(int path, MemorySegment job) {
        return guarded(
                () -> {
                    DmlPath where = knownPath(path);
                    if (where == null) {
                        return dml_h.DML_STATUS_PATH_ERROR();
                    }
                    SimulatedJob old = jobs.get(job.address());
                    if (old != null && old.isLive()) {
                        violated(Rule.INITIALISED_TWICE, old.toString());
                        return dml_h.DML_STATUS_INTERNAL_ERROR();
                    }
                    synchronized (this) {
                        if (initialised >= initsBeforeFailure) {
                            return initStatus;
                        }
                        initialised++;
                    }
                    jobs.put(job.address(), new SimulatedJob(this, job.address(), where));
                    return DML_STATUS_OK();
                });
    }

    private int dml_finalize_job(MemorySegment job) {
        return guarded(() -> withJob("dml_finalize_job", job, SimulatedJob::finish));
    }

    private int dml_submit_job(MemorySegment job) {
        return guarded(() -> withJob("dml_submit_job", job, SimulatedJob::submit));
    }

    private int dml_check_job(MemorySegment job) {
        return guarded(
                () -> {
                    synchronized (this) {
                        checks++;
                    }
                    return withJob("dml_check_job", job, found -> found.check("dml_check_job"));
                });
    }

    private int dml_wait_job(MemorySegment job, int mode) {
        return guarded(() -> withJob("dml_wait_job", job, SimulatedDml::waitFor));
    }

    private int dml_execute_job(MemorySegment job, int mode) {
        return guarded(
                () -> withJob(
                        "dml_execute_job",
                        job,
                        found -> {
                            int status = found.submit();
                            return status == DML_STATUS_OK() ? waitFor(found) : status;
                        }));
    }

    private int dml_get_batch_size(MemorySegment job, int tasks, MemorySegment size) {
        return guarded(
                () -> {
                    if (Integer.compareUnsigned(tasks, SimulatedBatch.LEAST_TASKS) < 0) {
                        return dml_h.DML_STATUS_BATCH_SIZE_ERROR();
                    }
                    long bytes = SimulatedBatch.TASK_BYTES * tasks + SimulatedBatch.ALIGNMENT;
                    size.reinterpret(Integer.BYTES).set(JAVA_INT, 0, (int) bytes);
                    return DML_STATUS_OK();
                });
    }

    private int dml_batch_get_status(MemorySegment job, int task, MemorySegment status) {
        return guarded(
                () -> {
                    MemorySegment struct = job.reinterpret(dml_job_t.sizeof());
                    long length = Integer.toUnsignedLong(dml_job_t.destination_length(struct));
                    if (Integer.toUnsignedLong(task) >= length / SimulatedBatch.TASK_BYTES) {
                        return dml_h.DML_STATUS_BATCH_TASK_INDEX_OVERFLOW();
                    }
                    long buffer = dml_job_t.destination_first_ptr(struct).address();
                    status.reinterpret(Integer.BYTES)
                            .set(JAVA_INT, 0, SimulatedBatch.statusOf(buffer, length, task));
                    return DML_STATUS_OK();
                });
    }

    /** Of a job without a submission the real library waits for ever, or crashes; here it is noted. */
    private static int waitFor(SimulatedJob job) {
        int status = job.check("dml_wait_job");
        while (status == DML_STATUS_BEING_PROCESSED() && job.isInFlight()) {
            Thread.onSpinWait();
            status = job.check("dml_wait_job");
        }
        return status;
    }

    private int guarded(IntSupplier body) {
        try {
            return body.getAsInt();
        } catch (Throwable e) {
            violated(Rule.SIMULATOR_FAILED, e.toString());
            return dml_h.DML_STATUS_INTERNAL_ERROR();
        }
    }

    private DmlPath knownPath(int path) {
        if (path == dml_h.DML_PATH_HW()) {
            return DmlPath.HARDWARE;
        }
        if (path == dml_h.DML_PATH_SW()) {
            return DmlPath.SOFTWARE;
        }
        if (path == dml_h.DML_PATH_AUTO()) {
            return DmlPath.AUTO;
        }
        violated(Rule.UNKNOWN_PATH, "path " + path);
        return null;
    }

    private int withJob(String function, MemorySegment address, Function<SimulatedJob, Integer> body) {
        SimulatedJob job = jobs.get(address.address());
        if (job != null) {
            return body.apply(job);
        }
        // A copy of a job still points to the original's internals.
        MemorySegment struct = address.reinterpret(dml_job_t.sizeof());
        boolean moved = address.address() != 0
                && jobs.values().stream().anyMatch(other -> other.owns(SimulatedJob.internalIn(struct)));
        violated(
                moved ? Rule.MOVED : Rule.NEVER_INITIALISED, "job 0x%x: %s".formatted(address.address(), function));
        return dml_h.DML_STATUS_JOB_CORRUPTED();
    }

    // For the jobs.

    synchronized void violated(Rule rule, String detail) {
        violations.add(rule + ": " + detail);
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
            plan = Plan.refuse(dml_h.DML_STATUS_WORK_QUEUES_NOT_AVAILABLE());
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
