/**
 * The options and typed results of operations: comparisons, deltas, CRC-32C and data integrity
 * fields.
 *
 * {@snippet lang=java :
 *     Crc32c first = mover.crc32c(header).await();
 *     return mover.crc32c(body, CrcOptions.continuing(first)).await(); // of header and body
 * }
 *
 * <p>The methods of {@link io.github.vdm4j.Vdm} take the options and return futures of the results:
 *
 * <ul>
 * <li>{@link io.github.vdm4j.operation.CompareResult} states whether two ranges are equal, and the
 *     first difference
 * <li>{@link io.github.vdm4j.operation.DeltaResult} states whether a delta record holds all
 *     differences
 * <li>{@link io.github.vdm4j.operation.Crc32c} is a checksum. {@link
 *     io.github.vdm4j.operation.CrcOptions} select its seed and its form
 * <li>{@link io.github.vdm4j.operation.DifResult} states whether protected blocks are good. {@link
 *     io.github.vdm4j.operation.DifConfig} describes the protection
 * </ul>
 *
 * <p>{@link io.github.vdm4j.operation.ForceCounters} counts the forces of a mapped file.
 *
 * <p>An operation that finds a mismatch or a bad block succeeds. All types are immutable, and any
 * thread may use them.
 *
 * <p>C counterpart: fields of {@code dml_job_t}.
 */
package io.github.vdm4j.operation;
