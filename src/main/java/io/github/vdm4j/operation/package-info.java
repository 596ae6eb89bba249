/**
 * The options and typed results of the operations of {@link io.github.vdm4j.Vdm} beyond copying,
 * filling and flushing: comparisons, deltas, CRC-32C and data integrity fields.
 */
package io.github.vdm4j.operation;
