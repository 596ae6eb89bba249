/**
 * The data mover of Intel DML, the library itself, and the diagnosis of the hardware.
 *
 * <p><b>Requirements.</b> {@link io.github.vdm4j.dml.DmlDataMover} needs Linux on x86-64 and the
 * shared library of Intel DML. See docs/install-dml.md. Start Java with {@code
 * --enable-native-access=io.github.vdm4j}, or with {@code ALL-UNNAMED} if vdm4j is on the class
 * path.
 *
 * <p><b>Missing library.</b> If DML is missing, opening a mover throws a {@link
 * io.github.vdm4j.dml.DmlUnavailableException} with every attempt. {@link
 * io.github.vdm4j.dml.DmlLibrary#whyUnavailable()} returns this exception.
 *
 * <p><b>Missing hardware.</b> If the hardware does not work, {@link
 * io.github.vdm4j.dml.DmlPath#AUTO} uses software. {@link
 * io.github.vdm4j.dml.DmlDiagnosis#current()} lists the reasons and the remedies.
 *
 * <p>C counterpart: miniasync_vdm_dml(7).
 */
package io.github.vdm4j.dml;
