/**
 * The movers in pure Java, and the choice of the best mover.
 *
 * {@snippet lang=java :
 *     try (Arena arena = Arena.ofShared(); Vdm mover = ThreadsDataMover.open()) {
 *         MemorySegment source = arena.allocate(1 << 20).fill((byte) 9);
 *         MemorySegment destination = arena.allocate(1 << 20);
 *         long checksum =
 *                 FutureChain.of(mover.memcpy(destination, source))
 *                         .then(copied -> crc32c(copied.destination()))
 *                         .await();
 *         System.out.println("CRC-32C %08x".formatted(checksum));
 *     }
 * }
 *
 * <ul>
 * <li>{@link io.github.vdm4j.mover.DataMovers} opens the best mover of the machine and explains the
 *     choice. A {@link io.github.vdm4j.mover.MoverProvider} adds a mover to the choice.
 * <li>{@link io.github.vdm4j.mover.ThreadsDataMover} executes operations on worker threads.
 * <li>{@link io.github.vdm4j.mover.SyncDataMover} executes each operation in its first poll.
 * <li>{@link io.github.vdm4j.mover.DeviceDataMover} and {@link io.github.vdm4j.mover.MoverBuilder}
 *     have the common parts of movers and of their builders.
 * </ul>
 *
 * <p>Both movers take heap and off-heap segments. Close a mover after its last operation and before
 * the memory that its operations use.
 *
 * <p>C counterpart: miniasync_vdm_threads(7), miniasync_vdm_synchronous(7).
 */
package io.github.vdm4j.mover;
