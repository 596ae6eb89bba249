package io.github.vdm4j.benchmarks.durable;

import java.lang.foreign.MemorySegment;

/** Appends records to a log, durably. */
@FunctionalInterface
interface Appender {
    /** Returns when the record is durable. */
    void append(MemorySegment record) throws Exception;
}
