package io.github.vdm4j.benchmarks.durable;

import java.lang.foreign.MemorySegment;

/** A log with durable appends. */
@FunctionalInterface
interface Appender {
    /** Appends a record. Returns when the record is durable. */
    void append(MemorySegment record) throws Exception;
}
