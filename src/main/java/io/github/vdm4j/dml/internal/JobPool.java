package io.github.vdm4j.dml.internal;

import io.github.vdm4j.dml.ffi.dml_h;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A fixed number of jobs, lent out and given back in any order by any thread without locks. The jobs
 * are initialised when the pool is made and never again.
 *
 * <p>A job's native memory is alive for as long as the job is lent: {@link #tryClose} frees the memory
 * only when it has itself taken every job, and never gives them back. So a holder may pass a job's
 * address to the library without a check.
 */
public final class JobPool {
    private static final int FREE = 0;
    private static final int LENT = 1;
    private static final int KEPT = 2;
    private static final VarHandle TAKEN;

    static {
        try {
            TAKEN = MethodHandles.lookup().findVarHandle(Job.class, "taken", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Job[] jobs;

    /** Guarded by this. */
    private final JobFactory factory;

    /** How many jobs the closing thread has taken; they are the first ones. Guarded by this. */
    private int retired;

    /** How many jobs are kept. Guarded by this; read without as a hint. */
    private int kept;

    /** Jobs that a device does not answer. Guarded by this. */
    private final List<Job> overdue = new ArrayList<>();

    /** Every job there ever was, for what each has counted. Guarded by this once the pool is made. */
    private final List<Job> made = new ArrayList<>();

    /** Jobs without a place: another took it while they were overdue. Guarded by this. */
    private final List<Job> spare = new ArrayList<>();

    /** How many jobs are lent that have no place, either. Guarded by this. */
    private int borrowed;

    private volatile int overdueCount;

    /**
     * Makes the jobs.
     *
     * @param dml the library
     * @param capacity how many
     * @param hardware whether they can be submitted to hardware
     * @param software whether they can be submitted to the software path
     * @param limits how much one submission may move
     * @throws DmlCallException if DML cannot initialise them
     */
    public JobPool(
            DmlFunctions dml, int capacity, boolean hardware, boolean software, JobLimits limits) {
        jobs = new Job[capacity];
        factory = new JobFactory(dml, hardware, software, limits);
        try {
            factory.reserve(capacity);
            for (int i = 0; i < capacity; i++) {
                jobs[i] = factory.make(this);
                made.add(jobs[i]);
            }
        } catch (Throwable e) {
            factory.close();
            throw e;
        }
    }

    /** More memory for a job that is lent. */
    synchronized MemorySegment allocate(long bytes) {
        return factory.allocate(bytes);
    }

    /**
     * Has every job submitted to the devices of one NUMA node. To be called before the first is taken.
     *
     * @param numaNode the node; -1 for that of the submitting thread, as DML initialises it
     */
    public synchronized void bindTo(int numaNode) {
        factory.bindTo(numaNode);
    }

    /**
     * Takes a job. Threads begin to look at different places, so that they seldom meet.
     *
     * @return a job with nothing submitted, or null if all are lent or the pool is closed
     */
    public Job take() {
        int count = jobs.length;
        long hash = Thread.currentThread().threadId() * 0x9E3779B9L & 0xffffffffL;
        int start = (int) (hash * count >>> 32); // a multiplication scales it; a division would cost a job's share
        for (int i = 0; i < count; i++) {
            int place = start + i;
            Job job = jobs[place < count ? place : place - count];
            if (job.taken == FREE && TAKEN.compareAndSet(job, FREE, LENT)) {
                return job;
            }
        }
        return null;
    }

    /**
     * Gives a job back.
     *
     * @param job one that was taken, with nothing in flight, and {@linkplain Job#reset() reset} if more was
     *     done with it than a submission
     */
    public void give(Job job) {
        if (job.isSubmitted()) {
            throw new IllegalStateException("a job in flight cannot be given back");
        }
        job.countUse();
        TAKEN.setRelease(job, FREE);
    }

    /**
     * Leaves a lent job to an operation that will want it again, so that it need not be taken and given back each
     * time. Half of the jobs can be kept. The pool asks for them back when it runs out of others: a keeper uses its job
     * only after it has begun to {@linkplain JobKeeper#isUsingJob() use} it and then seen that it {@linkplain
     * KeptJob#isWanted() is not wanted}. So of a keeper and a pool that meet one sees the other.
     *
     * @param job one that was taken, with nothing in flight
     * @param keeper who keeps it; a job whose keeper is unreachable is taken back, too
     * @return the kept job, or null if no more may be kept: the job is still lent
     */
    public KeptJob keep(Job job, JobKeeper keeper) {
        if (kept >= jobs.length / 2) {
            return null;
        }
        synchronized (this) {
            if (kept >= jobs.length / 2) {
                return null;
            }
            kept++;
            job.hold = new KeptJob(job, keeper);
            job.taken = KEPT;
            return job.hold;
        }
    }

    /**
     * Makes a kept job a lent one again, to be given back like others.
     *
     * @param hold a kept job in use, which was not wanted when that began
     */
    public synchronized void stopKeeping(KeptJob hold) {
        kept--;
        hold.job().hold = null;
        hold.job().taken = LENT;
    }

    /**
     * Lets a keeper part with a job that is wanted.
     *
     * @param hold the job, which may have been taken from the keeper already
     */
    public synchronized void surrender(KeptJob hold) {
        if (hold.job().hold == hold) {
            stopKeeping(hold);
            hold.job().taken = FREE;
        }
    }

    /**
     * Takes a job from an operation that keeps it and is not using it.
     *
     * @return a job with nothing submitted, or null if there is none
     */
    public synchronized Job reclaim() {
        for (Job job : jobs) {
            if (reclaim(job)) {
                return job;
            }
        }
        return null;
    }

    private boolean reclaim(Job job) {
        KeptJob hold = job.hold;
        if (hold == null) {
            return false;
        }
        hold.want(); // and then look
        if (hold.isUsed()) {
            return false; // its keeper will see that it is wanted
        }
        stopKeeping(hold);
        return true;
    }

    /**
     * The job at a place, lent or free, for a look at its {@linkplain Job#owner() owner}.
     *
     * @param place 0 to {@link #capacity()} - 1
     * @return the job
     */
    public Job peek(int place) {
        return jobs[place];
    }

    /**
     * Takes over a lent job whose submission does not come back. The job keeps what it has pinned until the
     * device answers. Its place goes to another job, so that the pool can lend as many as before; unless as many as it has are
     * overdue already.
     *
     * @param job a lent job that is submitted, of which the caller lets go
     */
    public synchronized void takeOver(Job job) {
        job.owner(null);
        Job other = overdue.size() < jobs.length ? anotherJob() : null;
        for (int i = 0; i < jobs.length && other != null; i++) {
            if (jobs[i] == job) {
                VarHandle.releaseFence(); // whoever finds the job there finds it whole
                jobs[i] = other;
            }
        }
        overdue.add(job);
        overdueCount = overdue.size();
    }

    /**
     * A job beside those that are lent to operations.
     *
     * @return a job, to be given back by {@link #giveBorrowed}, for which the pool waits when it is closed; null if DML
     *     does not make one, or the pool is closed
     */
    public synchronized Job borrow() {
        Job job = factory.isOpen() ? anotherJob() : null;
        borrowed += job == null ? 0 : 1;
        return job;
    }

    /**
     * Takes a borrowed job back.
     *
     * @param job the job, with nothing in flight
     */
    public synchronized void giveBorrowed(Job job) {
        borrowed--;
        spare.add(job);
    }

    /** Null if DML does not make one. */
    private Job anotherJob() {
        if (!spare.isEmpty()) {
            return spare.removeLast();
        }
        try {
            Job job = factory.make(this);
            made.add(job);
            return job;
        } catch (DmlCallException e) {
            return null;
        }
    }

    /**
     * Asks the device about the jobs that are overdue. Those that it has answered let go of what they pinned,
     * and can be lent again.
     *
     * @return how many are still overdue
     */
    public int collectOverdue() {
        if (overdueCount == 0) {
            return 0;
        }
        synchronized (this) {
            overdue.removeIf(this::collected);
            overdueCount = overdue.size();
            return overdueCount;
        }
    }

    private boolean collected(Job job) {
        if (job.check() == dml_h.DML_STATUS_BEING_PROCESSED()) {
            return false;
        }
        job.reset();
        if (Arrays.asList(jobs).contains(job)) {
            give(job);
        } else {
            TAKEN.setRelease(job, 0);
            spare.add(job);
        }
        return true;
    }

    /**
     * How many jobs there are.
     *
     * @return the number the pool was made with
     */
    public int capacity() {
        return jobs.length;
    }

    /**
     * How many jobs are lent or used by their keepers right now; 0 once the pool is closed.
     *
     * @return a number that may be outdated at once
     */
    public synchronized int lent() {
        int lent = 0;
        for (int i = retired; i < jobs.length; i++) {
            if (isBusy(jobs[i])) {
                lent++;
            }
        }
        return lent;
    }

    /** Whether an operation is using a job: lent, or kept and in use. */
    synchronized boolean isBusy(Job job) {
        KeptJob hold = job.hold;
        return hold == null ? job.taken == LENT : hold.isUsed();
    }

    /**
     * How many operations the jobs have {@linkplain Job#execute executed} at once.
     *
     * @return a number that only grows
     */
    public synchronized long executed() {
        return made.stream().mapToLong(Job::executed).sum();
    }

    /**
     * How many bytes those operations had.
     *
     * @return a number that only grows
     */
    public synchronized long executedBytes() {
        return made.stream().mapToLong(Job::executedBytes).sum();
    }

    /**
     * The native memory that the jobs and their batches take up.
     *
     * @return bytes, 0 once the pool is closed
     */
    public synchronized long nativeBytes() {
        return factory.isOpen() ? factory.nativeBytes() : 0;
    }

    /**
     * Takes out of use what is not lent, and frees the memory once that is everything.
     *
     * @return true if the pool is closed; false if jobs are still lent, to be called again then
     */
    public synchronized boolean tryClose() {
        while (retired < jobs.length) {
            if (!reclaim(jobs[retired]) && !TAKEN.compareAndSet(jobs[retired], FREE, LENT)) {
                return false;
            }
            retired++;
        }
        collectOverdue();
        if (borrowed > 0 || !overdue.isEmpty()) {
            return false;
        }
        factory.close();
        return true;
    }
}
