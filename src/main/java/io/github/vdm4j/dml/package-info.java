/**
 * The data mover of Intel DML, and the library itself.
 *
 * <p>{@link io.github.vdm4j.dml.DmlDataMover} needs the shared library of Intel DML on Linux
 * x86-64; see docs/install-dml.md. Java has to be started with {@code
 * --enable-native-access=io.github.vdm4j}. Whether the library is there, and if not why, {@link
 * io.github.vdm4j.dml.DmlLibrary#whyUnavailable()} tells without throwing.
 *
 * <p>C counterpart: miniasync_vdm_dml(7).
 */
package io.github.vdm4j.dml;
