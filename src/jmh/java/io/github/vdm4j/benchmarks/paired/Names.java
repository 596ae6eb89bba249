package io.github.vdm4j.benchmarks.paired;

/** The names of the contestants in results and tables. */
public final class Names {
    public static final String C_REUSED_JOB = "C, one reused DML job";
    public static final String C_MINIASYNC = "C, miniasync's DML mover";
    public static final String C_LIBC = "C, libc";
    public static final String C_LIBPMEM = "C, libpmem";
    public static final String C_MOVE_AND_FLUSH = "C, DML move and DML cache flush";
    public static final String BARE = "bare downcalls";
    public static final String REUSABLE = "vdm4j, reusable operation";
    public static final String REUSABLE_ONE_ARENA =
            "vdm4j, reusable operation, segments of one shared arena";
    public static final String POLLED = "vdm4j, reusable operation, started by its first poll";
    public static final String PLAIN = "vdm4j, plain future";
    public static final String SOFTWARE = "vdm4j, reusable operation on SOFTWARE";
    public static final String AUTO = "vdm4j, reusable operation on AUTO, no hardware";
    public static final String ON_SOFTWARE = "SOFTWARE";
    public static final String ON_AUTO = "AUTO";
    public static final String JDK = "the JDK";
    public static final String ONE = "one thread";
    public static final String TWO_ON_ONE = "two threads, one mover";
    public static final String TWO_ON_TWO = "two threads, a mover each";
    public static final String TWO_IN_C = "C, two threads, a job each";
    public static final String ONE_IN_C = "C, one thread";

    public static final String SPINNING = "vdm4j, ThreadsDataMover, SPIN";
    public static final String SUPPLY_ASYNC = "supplyAsync, spinning caller";
    public static final String BATCH = "vdm4j, one batch of 64, cleared and filled each time";

    public static final String BATCH_ON_AUTO = "vdm4j, the same batch on AUTO, no hardware";
    public static final String BATCH_ANEW = "vdm4j, one batch of 64, made anew each time";
    public static final String C_REUSED_JOB_64 = "C, one reused DML job 64 times";
    public static final String C_BATCH = "C, one batch of 64, its tasks set by DML each time";
    public static final String C_BATCH_AGAIN =
            "C, the same tasks again: what DML itself takes for them";
    public static final String PLAIN_64 = "vdm4j, 64 plain futures";
    public static final String REUSABLE_64 = "vdm4j, one reusable operation 64 times";

    public static final String QUEUED = "vdm4j, ThreadsDataMover, CompletionQueue";
    public static final String COMPLETION_SERVICE = "ExecutorCompletionService, one thread";
    public static final String TWO_WORKERS = "vdm4j, ThreadsDataMover with 2 workers";
    public static final String TWO_THREADS_IN_C = "C, two threads of memcpy";
    public static final String TWO_PLAIN_THREADS = "the JDK, two threads";
    public static final String RUN_ASYNC = "CompletableFuture.runAsync on 2 threads";
    public static final String SYNC = "vdm4j, SyncDataMover";

    public static final String C_WRITE = "C, descriptor, write() and a look at the record";
    public static final String JAVA_WRITE = "vdm4j, descriptor, write() and a look at the record";
    public static final String DSA_BELOW = "vdm4j, DsaDataMover below the threshold";
    public static final String DSA_IN_PROCESS = "vdm4j, DsaDataMover on a device in this process";
    public static final String DML_IN_PROCESS = "vdm4j, DmlDataMover on simulated hardware";
    public static final String DSA_AWAITED = "DsaDataMover, one in flight";
    public static final String DSA_IN_FLIGHT = "DsaDataMover, 32 in flight";
    public static final String DML_AWAITED = "DmlDataMover on HARDWARE, one in flight";
    public static final String DML_IN_FLIGHT = "DmlDataMover on HARDWARE, 32 in flight";

    private Names() {}

    /** Returns the name of one batch of 64 tasks on a mover. */
    public static String batchOn(String mover) {
        return mover + ": one batch of 64";
    }

    /** Returns the name of a reusable operation, executed 64 times on a mover. */
    public static String reusableOn(String mover) {
        return mover + ": one reusable operation 64 times";
    }
}
