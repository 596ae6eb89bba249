package io.github.vdm4j.benchmarks.report;

import io.github.vdm4j.benchmarks.paired.Names;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A ratio with a required bound.
 *
 * @param id its name
 * @param what the comparison in words
 * @param group the contest
 * @param above the contestant with the time that is the dividend
 * @param below the contestants. The time of the fastest is the divisor
 * @param asked the bound by the bytes of an operation: a maximum, or a minimum if more is better
 * @param moreIsBetter whether the bound is a minimum
 */
record Measure(
        String id,
        String what,
        String group,
        String above,
        List<String> below,
        Map<Long, Double> asked,
        boolean moreIsBetter) {
    private static final long KI = 1 << 10;

    static final List<Measure> ALL = List.of(
            upTo("P1", "DML mover, reusable operation ÷ C with one reused DML job", "copy",
                    Names.REUSABLE,
                    List.of(Names.C_REUSED_JOB), sizes(1.60, 1.50, 1.35, 1.15, 1.03)),
            upTo("P2", "the same ÷ miniasync's DML mover in C", "copy", Names.REUSABLE,
                    List.of(Names.C_MINIASYNC), sizes(0.90, 0.90, 0.95, 1.00, 1.00)),
            upTo("P3", "a plain future ÷ miniasync's DML mover in C", "copy", Names.PLAIN,
                    List.of(Names.C_MINIASYNC), sizes(1.00, 1.00, 1.00, 1.05, 1.00)),
            upTo("P5", "AUTO without hardware ÷ the faster of `MemorySegment.copy` and DML",
                    "auto-copy",
                    Names.REUSABLE,
                    List.of(Names.JDK, Names.SOFTWARE), sizes(10, 4, 1.8, 1.25, 1.05)),
            upTo("P6",
                    "threads mover, spinning ÷ `CompletableFuture` with a spinning caller, "
                            + "whose turn the mover's worker spins through: kind to us",
                    "threads",
                    Names.SPINNING,
                    List.of(Names.SUPPLY_ASYNC),
                    new TreeMap<>(Map.of(64L, 0.5, 4 * KI, 0.6, 64 * KI, 1.0))),
            upTo("P7", "awaited durable copy, AUTO without hardware ÷ libpmem in C", "durable",
                    Names.REUSABLE,
                    List.of(Names.C_LIBPMEM), sizes(1.35, 1.3, 1.25, 1.15, 1.1)),
            upTo("P7b", "awaited durable copy without libpmem ÷ DML's move and cache flush in C",
                    "durable-without-libpmem",
                    Names.REUSABLE, List.of(Names.C_MOVE_AND_FLUSH),
                    sizes(1.2, 1.15, 1.1, 1.1, 1.03)),
            new Measure("P8", "two threads on one mover: share of twice one thread's throughput",
                    "scaling", Names.ONE,
                    List.of(Names.TWO_ON_ONE), Map.of(4 * KI, 0.85), true),
            upTo("P9",
                    "a batch of 64 copies of 256 B, cleared and filled each time ÷ 64 plain "
                            + "futures",
                    "batch",
                    Names.BATCH,
                    List.of(Names.PLAIN_64), Map.of(256L, 0.7)),
            upTo("P18",
                    "100,000 copies in flight through a `CompletionQueue` ÷ through an "
                            + "`ExecutorCompletionService`",
                    "in-flight", Names.QUEUED, List.of(Names.COMPLETION_SERVICE),
                    Map.of(64L, 0.7)),
            upTo("P10", "memcpy, AUTO without hardware ÷ C with one reused DML job", "auto-copy",
                    Names.REUSABLE,
                    List.of(Names.C_REUSED_JOB), sizes(0.6, 0.7, 0.9, 1.0, 1.05)),
            upTo("P10", "memset, the same", "auto-fill", Names.REUSABLE,
                    List.of(Names.C_REUSED_JOB), sizes(0.6, 0.7, 0.9, 1.0, 1.05)),
            upTo("P14", "a copy of 1 GiB by two workers ÷ `MemorySegment.copy`", "long-copy",
                    Names.TWO_WORKERS, List.of(Names.JDK), Map.of(KI * KI * KI, 0.60)),
            upTo("P14", "the same ÷ two threads of memcpy in C", "long-copy",
                    Names.TWO_WORKERS, List.of(Names.TWO_THREADS_IN_C),
                    Map.of(KI * KI * KI, 1.05)),
            upTo("P15", "CRC-32C of 1 GiB by two workers ÷ `java.util.zip.CRC32C` on one thread",
                    "long-crc", Names.TWO_WORKERS, List.of(Names.JDK),
                    Map.of(KI * KI * KI, 0.58)),
            upTo("P15", "the same ÷ two threads of the JDK", "long-crc", Names.TWO_WORKERS,
                    List.of(Names.TWO_PLAIN_THREADS), Map.of(KI * KI * KI, 1.1)),
            batchOn(Names.SYNC),
            batchOn(Names.ON_AUTO),
            batchOn(Names.ON_SOFTWARE),
            batchOn(Names.TWO_WORKERS),
            upTo("P19",
                    "4,096 copies of 4 KiB in flight on two workers ÷ "
                            + "`CompletableFuture.runAsync` on two threads",
                    "evict", Names.TWO_WORKERS, List.of(Names.RUN_ASYNC), Map.of(4 * KI, 0.6)),
            upTo("P20", "describe, write() to /dev/null and look at the record ÷ the same in C",
                    "dsa-submit", Names.JAVA_WRITE, List.of(Names.C_WRITE), Map.of(64L, 1.6)),
            upTo("P22", "DSA mover, everything below the threshold ÷ sync mover", "dsa-below",
                    Names.DSA_BELOW, List.of(Names.SYNC),
                    new TreeMap<>(Map.of(64L, 1.15, KI, 1.15, 4 * KI, 1.15))),
            upTo("P23",
                    "a copy on an in-process device, 32 in flight ÷ on DML's simulated hardware",
                    "dsa-in-flight", Names.DSA_IN_PROCESS, List.of(Names.DML_IN_PROCESS),
                    new TreeMap<>(Map.of(64L, 1.0, 4 * KI, 1.0))));

    private static Measure batchOn(String mover) {
        return upTo("P17", "a batch of 64 copies of 400 B ÷ 64 reusable operations, " + mover,
                "batch-400", Names.batchOn(mover), List.of(Names.reusableOn(mover)),
                Map.of(400L, 1.0));
    }

    private static Measure upTo(
            String id, String what, String group, String above, List<String> below,
            Map<Long, Double> asked) {
        return new Measure(id, what, group, above, below, asked, false);
    }

    /** Returns the bounds by size. The bound from 64 KiB on holds for 1 MiB, too. */
    private static Map<Long, Double> sizes(double... asked) {
        return new TreeMap<>(
                Map.of(64L, asked[0], KI, asked[1], 4 * KI, asked[2], 16 * KI, asked[3], 64 * KI,
                        asked[4], 1024 * KI,
                        asked[4]));
    }

    /** Returns whether the printed ratio meets the bound. */
    boolean isMet(double ratio, long bytes) {
        double printed = Math.round(ratio * 100) / 100.0;
        return moreIsBetter ? printed >= asked.get(bytes) : printed <= asked.get(bytes);
    }
}
