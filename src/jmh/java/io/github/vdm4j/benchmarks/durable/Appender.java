package io.github.vdm4j.benchmarks.durable;

import java.lang.foreign.MemorySegment;

/** A log to which records are appended durably. */
@FunctionalInterface
interface Appender {
    /** Appends a record. Returns when the record is durable. */
    void append(MemorySegment record) throws Exception;
}
