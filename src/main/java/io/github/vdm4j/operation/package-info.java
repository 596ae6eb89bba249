/**
 * What movers do to memory beyond copying, filling and flushing: comparing, patterns, deltas,
 * CRC-32C, data integrity fields and batches, on every mover, with typed results.
 */
package io.github.vdm4j.operation;
