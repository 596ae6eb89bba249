/** The conformance run of {@code vdm check-hardware}. It compares a device with the JVM. */
package io.github.vdm4j.cli.check;
