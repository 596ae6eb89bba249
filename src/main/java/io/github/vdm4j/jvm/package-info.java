/**
 * The operations of DML in pure Java, and the executor that runs them on the calling thread. The
 * movers of the JVM use it, and a DML mover uses it for what it leaves to the JVM.
 */
package io.github.vdm4j.jvm;
