package io.github.vdm4j.dml.job;

import io.github.vdm4j.dml.ffi.dml_h;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A fixed number of jobs, lent out and given back in any order by any thread without locks. Each is
 * made and initialised when it is first needed, and never again.
 *
 * <p>A job's native memory is alive for as long as the job is lent: {@link #tryClose} frees the
 * memory only when it has itself taken every job, and never gives them back. So a holder may pass a
 * job's address to the library without a check.
 */
public final class JobPool {
    private static final int FREE = 0;
    private static final int LENT = 1;

    /**
     * Null where none was needed so far: to make all of them takes a JVM that has just started
     * milliseconds.
     */
    private final Job[] jobs;

    /** Guarded by this. */
    private final JobFactory factory;

    /** How many jobs the closing thread has taken; they are the first ones. Guarded by this. */
    private int retired;

    /** Jobs that a device does not answer. Guarded by this. */
    private final List<Job> overdue = new ArrayList<>();

    /** Jobs without a place: another took it while they were overdue. Guarded by this. */
    private final List<Job> spare = new ArrayList<>();

    /** How many jobs are lent that have no place, either. Guarded by this. */
    private int borrowed;

    private volatile int overdueCount;

    /** Why DML did not make the last job that was needed. */
    private volatile DmlCallException refusal;

    /**
     * Makes a pool, and has DML initialise the first job.
     *
     * @param dml the library
     * @param capacity how many jobs there may be
     * @param hardware whether they can be submitted to hardware
     * @param software whether they can be submitted to the software path
     * @param limits how much one submission may move
     * @throws DmlCallException if DML cannot initialise one
     */
    public JobPool(
            DmlFunctions dml, int capacity, boolean hardware, boolean software, JobLimits limits) {
        jobs = new Job[capacity];
        factory = new JobFactory(dml, hardware, software, limits);
        try {
            factory.reserve(capacity);
            factory.prepare();
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
     * Has every job submitted to the devices of one NUMA node. To be called before the first is
     * taken.
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
        int start = firstPlace();
        for (int i = 0; i < count; i++) {
            int place = start + i < count ? start + i : start + i - count;
            Job job = jobs[place];
            if (job == null) {
                job = takeNew(place);
                if (job != null) {
                    return job;
                }
            } else if (job.taken == FREE && Job.TAKEN.compareAndSet(job, FREE, LENT)) {
                return job;
            }
        }
        return null;
    }

    /** Where the current thread looks first. */
    private int firstPlace() {
        long hash = Thread.currentThread().threadId() * 0x9E3779B9L & 0xffffffffL;
        return (int) (hash * jobs.length >>> 32); // a multiplication scales it; a division would cost a job's share
    }

    /**
     * The job of a place that had none; null if it is lent by now, the pool is being closed, or DML
     * does not make it.
     */
    private synchronized Job takeNew(int place) {
        Job job = jobs[place];
        if (job != null) {
            return Job.TAKEN.compareAndSet(job, FREE, LENT) ? job : null;
        }
        if (place < retired) {
            return null;
        }
        try {
            job = make();
            refusal = null;
        } catch (DmlCallException e) {
            refusal = e;
            return null;
        }
        job.taken = LENT;
        VarHandle.releaseFence(); // whoever finds the job there finds it whole
        jobs[place] = job;
        return job;
    }

    private Job make() {
        return factory.make(this);
    }

    /**
     * Gives a job back.
     *
     * @param job one that was taken, with nothing in flight, and {@linkplain Job#reset() reset} if
     * more was done with it than a submission
     */
    public void give(Job job) {
        if (job.isSubmitted()) {
            throw new IllegalStateException("a job in flight cannot be given back");
        }
        job.countUse();
        Job.TAKEN.setRelease(job, FREE);
    }

    /**
     * The job at a place, lent or free, for a look at its {@linkplain Job#owner() owner}.
     *
     * @param place 0 to {@link #capacity()} - 1
     * @return the job, or null if none was needed there so far
     */
    public Job peek(int place) {
        return jobs[place];
    }

    /**
     * Takes over a lent job whose submission does not come back. The job keeps what it has pinned
     * until the device answers. Its place goes to another job, so that the pool can lend as many as
     * before; unless as many as it has are overdue already.
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
     * @return a job, to be given back by {@link #giveBorrowed}, for which the pool waits when it is
     * closed; null if DML does not make one, or the pool is closed
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
            return make();
        } catch (DmlCallException e) {
            return null;
        }
    }

    /**
     * Asks the device about the jobs that are overdue. Those that it has answered let go of what
     * they pinned, and can be lent again.
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
        if (job.check() == dml_h.DML_STATUS_BEING_PROCESSED) {
            return false;
        }
        job.reset();
        if (Arrays.asList(jobs).contains(job)) {
            give(job);
        } else {
            Job.TAKEN.setRelease(job, FREE);
            spare.add(job);
        }
        return true;
    }

    /**
     * Tells whether the library calls back into Java, as a simulated one does.
     *
     * @return false if jobs may be {@linkplain Job#execute executed}
     */
    public boolean callsBack() {
        return factory.callsBack();
    }

    /**
     * Why there may be fewer jobs than {@link #capacity} says.
     *
     * @return what DML answered when the last one was to be made; null if it made it
     */
    public DmlCallException refusal() {
        return refusal;
    }

    /**
     * How many jobs can be lent.
     *
     * @return the number the pool was made with
     */
    public int capacity() {
        return jobs.length;
    }

    /**
     * How many jobs are lent, or used by the operations that they belong to, right now; 0 once the
     * pool is closed.
     *
     * @return a number that may be outdated at once
     */
    public synchronized int lent() {
        int lent = 0;
        for (int i = retired; i < jobs.length; i++) {
            if (jobs[i] != null && isBusy(jobs[i])) {
                lent++;
            }
        }
        return lent;
    }

    /** Whether an operation is using a job. */
    static boolean isBusy(Job job) {
        return job.taken == LENT;
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
            if (jobs[retired] != null && !Job.TAKEN.compareAndSet(jobs[retired], FREE, LENT)) {
                return false;
            }
            retired++; // where there is none, none will be made any more
        }
        collectOverdue();
        if (borrowed > 0 || !overdue.isEmpty()) {
            return false;
        }
        factory.close();
        return true;
    }
}
