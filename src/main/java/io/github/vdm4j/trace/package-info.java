/** The events of operations for the JVM's flight recorder. Not exported. */
package io.github.vdm4j.trace;
