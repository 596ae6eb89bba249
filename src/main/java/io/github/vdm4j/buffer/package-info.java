/**
 * Off-heap memory as buffers that stay alive for as long as anything moves through them, and that
 * know what makes their content durable.
 *
 * <p>{@link io.github.vdm4j.buffer.OffHeapBuffer} allocates, maps or wraps memory and hands out
 * segments. Every operation of a mover takes them.
 */
package io.github.vdm4j.buffer;
