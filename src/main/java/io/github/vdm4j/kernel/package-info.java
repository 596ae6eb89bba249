/**
 * The operations of DML in pure Java: what the movers of the JVM run, and what a DML mover runs
 * where the library cannot.
 */
package io.github.vdm4j.kernel;
