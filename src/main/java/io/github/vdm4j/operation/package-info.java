/**
 * The options and typed results of operations: comparisons, deltas, CRC-32C and data integrity
 * fields.
 *
 * {@snippet lang=java :
 *     Crc32c first = mover.crc32c(header).await();
 *     return mover.crc32c(body, CrcOptions.continuing(first)).await(); // of both, one after the other
 * }
 *
 * <p>The methods of {@link io.github.vdm4j.Vdm} take the options and return futures of the results:
 *
 * <ul>
 *   <li>{@link io.github.vdm4j.operation.CompareResult}: whether two ranges are equal, and where
 *       they differ
 *   <li>{@link io.github.vdm4j.operation.DeltaResult}: whether a delta record holds all differences
 *   <li>{@link io.github.vdm4j.operation.Crc32c}, with {@link io.github.vdm4j.operation.CrcOptions}
 *   <li>{@link io.github.vdm4j.operation.DifResult}, with {@link
 *       io.github.vdm4j.operation.DifConfig}: whether protected blocks are good
 * </ul>
 *
 * <p>A mismatch and a bad block are findings, not failures: the operation succeeds. All types are
 * immutable, and any thread may use them.
 *
 * <p>C counterpart: fields of {@code dml_job_t}.
 */
package io.github.vdm4j.operation;
