/**
 * The operations of DML in pure Java, and the executor that runs them on the calling thread. The
 * JVM's movers use it for all operations. A DML mover uses it for the operations that the JVM
 * executes.
 */
package io.github.vdm4j.jvm;
