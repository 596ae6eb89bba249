package io.github.vdm4j.dml;

import io.github.vdm4j.AbstractDataMover;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.mover.SyncDataMover;
import io.github.vdm4j.mover.ThreadsDataMover;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;

/**
 * Copies, fills and comparisons of a mapping of a truncated file. The program repeats them until
 * the JIT has compiled the code from the poll to the native call. Compiled code reports such an
 * access late. {@link TruncatedFilesIT} runs it in a separate JVM.
 *
 * <p>Arguments: the mover (dml, auto, threads or sync), the seed, the rounds.
 */
final class TruncatedFiles {
    private static final int SIZE = 64 << 10;
    private static final int KEPT = 16 << 10;

    private TruncatedFiles() {}

    public static void main(String[] arguments) throws Exception {
        long seed = Long.parseLong(arguments[1]);
        int rounds = Integer.parseInt(arguments[2]);
        System.out.println("seed " + seed);
        var random = new SplittableRandom(seed);
        Path file = Files.createTempFile(Path.of("").toAbsolutePath(), "cut", "");
        int failed = 0;
        try (Arena arena = Arena.ofShared();
                FileChannel channel =
                        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
                AbstractDataMover mover = open(arguments[0])) {
            channel.write(java.nio.ByteBuffer.wrap(new byte[SIZE]));
            MemorySegment mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, SIZE, arena);
            MemorySegment twin = channel.map(FileChannel.MapMode.READ_WRITE, 0, SIZE, arena);
            MemorySegment plain = arena.allocate(SIZE);
            MemorySegment record = arena.allocate(100);
            channel.truncate(KEPT);
            for (int i = 0; i < rounds; i++) {
                long length = random.nextLong(1, SIZE);
                // The compiler expects success, because most accesses lie inside the rest of the
                // file.
                long start = random.nextInt(4) != 0
                        ? Math.max(0, KEPT - length)
                        : random.nextLong(SIZE - length + 1);
                length = start + length > KEPT && random.nextInt(4) != 0 ? Math.max(1, KEPT - start)
                        : length;
                MemorySegment there = mapped.asSlice(start, length);
                MemorySegment here = plain.asSlice(0, length);
                int kind = random.nextInt(5);
                if (kind == 4) {
                    length = Math.max(8, length & -8);
                    start &= -8;
                    there = mapped.asSlice(start, length);
                }
                VdmFuture<?> future = switch (kind) {
                    case 0 -> mover.memcpy(there, here);
                    case 1 -> mover.memcpy(here, there);
                    case 2 -> mover.compare(there, twin.asSlice(start, length)); // equal ranges
                    case 4 -> mover.createDelta(record, there, twin.asSlice(start, length));
                    default -> mover.memset(there, (byte) i);
                };
                future.busyPoll();
                VdmResult expected = start + length > KEPT ? VdmResult.IO_ERROR : VdmResult.SUCCESS;
                if (future.result() != expected) {
                    System.out
                            .println("round " + i + ": [" + start + ", +" + length + ") ended with "
                                    + future.result());
                    future.orThrow();
                    System.exit(3);
                }
                failed += expected == VdmResult.IO_ERROR ? 1 : 0;
            }
        }
        System.out.println(failed + " of " + rounds + " operations met a missing page");
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
