/** The conformance run of {@code vdm check-hardware}: a device against the JVM's results. */
package io.github.vdm4j.cli.check;
