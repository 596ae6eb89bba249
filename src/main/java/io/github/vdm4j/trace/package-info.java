/** The events of operations for the JVM's flight recorder. The module does not export them. */
package io.github.vdm4j.trace;
