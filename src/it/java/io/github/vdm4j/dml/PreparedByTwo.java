package io.github.vdm4j.dml;

import io.github.vdm4j.AbstractDataMover;
import io.github.vdm4j.Batch;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.PollableFuture;
import io.github.vdm4j.mover.SyncDataMover;
import io.github.vdm4j.mover.ThreadsDataMover;
import io.github.vdm4j.operation.CrcOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/**
 * Two threads that share a reusable operation or a batch. The javadoc forbids that. Each thread
 * copies its own sources to its own destinations. A changed byte outside of all destinations shows
 * the fault. A byte of one thread in a destination of the second thread also shows it. {@link
 * PreparedByTwoIT} runs this in a separate JVM, because the fault may also be a crash.
 *
 * <p>Arguments: mover (dml, auto, threads or sync), the shared object (copy, data or batch), seed,
 * milliseconds.
 */
final class PreparedByTwo {
    private static final int LARGEST = 64 << 10;
    private static final int STRIDE = 3 * LARGEST;
    private static final byte UNTOUCHED = 0x55;

    private PreparedByTwo() {}

    /** A thread with its source and its destination. The destination lies in a larger zone. */
    private static final class User implements Runnable {
        private final byte mark;
        private final MemorySegment zone;
        private final MemorySegment source;
        private final SplittableRandom random;
        private final Object shared;
        private final long end;
        private long prepared;
        private long refused;
        private volatile Throwable unexpected;

        User(int mark, Object shared, Arena arena, SplittableRandom random, long end) {
            this.mark = (byte) mark;
            this.shared = shared;
            this.random = random;
            this.end = end;
            zone = arena.allocate(STRIDE, 4096).fill(UNTOUCHED);
            source = arena.allocate(LARGEST, 4096).fill(this.mark);
        }

        @Override
        public void run() {
            PollableFuture<?> future = null;
            while (System.nanoTime() < end) {
                try {
                    future = prepare(random.nextInt(3));
                    prepared++;
                    for (int i = 0; i < 1000 && future.poll() != FutureState.COMPLETE; i++) {
                        Thread.onSpinWait();
                    }
                } catch (IllegalStateException e) {
                    refused++;
                    if (future != null) {
                        // The thread polls it to completion before it prepares it again.
                        future.poll();
                    }
                } catch (Throwable e) {
                    unexpected = e;
                    return;
                }
            }
        }

        private PollableFuture<?> prepare(int kind) {
            int size = random.nextInt(4) == 0 ? LARGEST : 64 << random.nextInt(4);
            MemorySegment to = zone.asSlice(LARGEST, size);
            MemorySegment from = source.asSlice(0, size);
            return switch (shared) {
                case VdmOperation one -> switch (kind + (random.nextBoolean() ? 0 : 3)) {
                    case 0 -> one.memset(to, mark, VdmFlags.NONE);
                    case 1 -> one.again();
                    case 3 -> one.fill(to, mark * 0x0101010101010101L, VdmFlags.NONE);
                    case 4 -> one.crc32c(from, CrcOptions.STANDARD);
                    case 5 -> one.copyCrc32c(to, from, CrcOptions.STANDARD, VdmFlags.NONE);
                    default -> one.memcpy(to, from, VdmFlags.NONE);
                };
                case Batch batch -> {
                    batch.clear();
                    for (int i = random.nextInt(6); i >= 0; i--) {
                        batch.memcpy(to, from).crc32c(from).memset(to, mark, VdmFlags.NONE);
                    }
                    yield batch.submit();
                }
                default -> throw new AssertionError(shared);
            };
        }

        /** Returns the offset of a byte that no operation of this thread writes, or -1. */
        long foreignByte() {
            for (long at = 0; at < STRIDE; at++) {
                byte found = zone.get(ValueLayout.JAVA_BYTE, at);
                boolean mine = at >= LARGEST && at < 2 * LARGEST && found == mark;
                if (found != UNTOUCHED && !mine) {
                    return at;
                }
            }
            for (long at = 0; at < LARGEST; at++) {
                if (source.get(ValueLayout.JAVA_BYTE, at) != mark) {
                    return at;
                }
            }
            return -1;
        }
    }

    public static void main(String[] arguments) throws Exception {
        long seed = Long.parseLong(arguments[2]);
        System.out.println("seed " + seed);
        long end = System.nanoTime() + Long.parseLong(arguments[3]) * 1_000_000;
        try (Arena arena = Arena.ofShared(); AbstractDataMover mover = open(arguments[0])) {
            Object shared = switch (arguments[1]) {
                case "copy", "data" -> mover.newOperation();
                default -> mover.batch();
            };
            var random = new SplittableRandom(seed);
            var users = new User[2];
            var threads = new Thread[2];
            for (int i = 0; i < 2; i++) {
                users[i] = new User(0x11 * (i + 1), shared, arena, random.split(), end);
                threads[i] = Thread.ofPlatform().start(users[i]);
            }
            for (Thread thread : threads) {
                thread.join();
            }
            for (User user : users) {
                long found = user.foreignByte();
                System.out.println(user.prepared + " prepared, " + user.refused
                        + " refused, foreign byte at " + found);
                if (user.unexpected != null) {
                    user.unexpected.printStackTrace(System.out);
                }
                if (found >= 0 || user.unexpected != null || user.prepared == 0) {
                    System.exit(3);
                }
            }
        }
        System.out.println("done");
    }

    private static AbstractDataMover open(String name) {
        return switch (name) {
            case "dml" -> DmlDataMover.open(DmlPath.SOFTWARE);
            case "auto" -> DmlDataMover.open();
            case "threads" -> ThreadsDataMover.builder().threads(1).open();
            case "sync" -> SyncDataMover.open();
            default -> throw new IllegalArgumentException(name);
        };
    }
}
