/**
 * A simulated Intel DML for tests. It needs neither hardware nor libdml (docs/adr/0003).
 *
 * <p><b>Use.</b> A test of the DML mover extends {@link io.github.vdm4j.dml.AgainstSimulatedDml}.
 * Other tests make a {@link io.github.vdm4j.dml.simulated.SimulatedDml} and close it at the end:
 *
 * <pre>{@code
 * try (var dml = new SimulatedDml().withHardware()) {
 *   try (var mover = DmlDataMover.builder().library(dml.library()).path(DmlPath.AUTO).open()) {
 *     dml.next(Plan.refuse(102), Plan.pageFault(64));
 *     mover.memcpy(destination, source).await();
 *   }
 * }
 * }</pre>
 *
 * <p><b>Plans.</b> A {@link io.github.vdm4j.dml.simulated.Plan} states the outcome of a submission.
 * The submission can be refused, late, held until the test releases it, or failed after some bytes.
 * {@code next} sets the plans of the next submissions. {@code always} sets a function for all later
 * submissions. Without a plan, a submission succeeds. Hardware reports it in flight once.
 *
 * <p><b>Rules.</b> The simulation is strict. A {@link io.github.vdm4j.dml.simulated.Rule} describes
 * a use of the job API that would crash, hang or mislead the real library. {@code close} fails the
 * test if a caller broke a rule or a job is left. After {@code allow}, operations must stay inside
 * allowed memory that is alive.
 *
 * <p><b>Questions.</b> A {@link io.github.vdm4j.dml.simulated.Submission} holds the path, the flags
 * and the addresses that the mover has submitted. {@code submissions} returns all submissions.
 *
 * <p><b>Layers.</b> {@code SimulatedFunctions} are the upcalls. {@code SimulatedJob} is the life of
 * a job, and {@code SimulatedTask} holds its fields. {@code TaskRules} checks the task. {@code
 * SimulatedOperations}, {@code SimulatedDif} and {@code SimulatedBatch} execute it with separate
 * code. {@code SimulatedRecord} is the result. {@code RawJob} and {@code RawBatch} use the job API
 * without a mover, to compare the simulation with the real library.
 */
package io.github.vdm4j.dml.simulated;
