/**
 * Off-heap memory as buffers that stay alive for as long as anything moves through them, and that
 * know what makes their content durable.
 *
 * <p>{@link io.github.vdm4j.buffer.OffHeapBuffer} allocates, maps or wraps; every operation of a
 * mover takes it beside plain segments.
 */
package io.github.vdm4j.buffer;
