/** What the JVM's flight recorder hears of operations. Not exported. */
package io.github.vdm4j.trace;
