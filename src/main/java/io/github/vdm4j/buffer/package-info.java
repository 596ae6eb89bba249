/**
 * Off-heap memory that stays open during operations and has a durability domain.
 *
 * {@snippet lang=java :
 *     try (OffHeapBuffer file = OffHeapBuffer.map(Path.of(args[0]), 0, 4096);
 *             Arena arena = Arena.ofShared()) {
 *         copyDurably(file.segment(), arena.allocate(4096).fill((byte) 7));
 *         System.out.println("durable");
 *     }
 * }
 *
 * <p>{@link io.github.vdm4j.buffer.OffHeapBuffer} allocates, maps or wraps memory and returns
 * segments of it. Every mover takes these segments.
 *
 * <p><b>Lifetime.</b> {@link io.github.vdm4j.buffer.OffHeapBuffer#close close} waits until the last
 * operation on the buffer is complete.
 *
 * <p><b>Durability.</b> The {@link io.github.vdm4j.buffer.OffHeapBuffer#domain domain} decides how
 * a durable operation writes its bytes back. {@link io.github.vdm4j.buffer.OffHeapBuffer#map map}
 * allocates the storage of a file, because later writes could fail for lack of space.
 */
package io.github.vdm4j.buffer;
