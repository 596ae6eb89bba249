package io.github.vdm4j.dml;

import io.github.vdm4j.AbstractDataMover;
import io.github.vdm4j.BatchResult;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.mover.SyncDataMover;
import io.github.vdm4j.mover.ThreadsDataMover;
import io.github.vdm4j.operation.CrcOptions;
import io.github.vdm4j.operation.DifBlockSize;
import io.github.vdm4j.operation.DifConfig;
import io.github.vdm4j.operation.DifFlag;
import io.github.vdm4j.operation.DifTags;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * Every operation on a mapping of a truncated file, in every form of mapping that vdm4j knows.
 * {@link TruncatedMappingIT} runs this in a separate JVM, because the fault is a crash.
 *
 * <p>Arguments: the mover (dml, auto, threads or sync), the file (truncated or whole), the refused
 * calls (nothing, populate or all), the error number.
 */
final class TruncatedMapping {
    private static final int SIZE = 520 << 7;
    private static final int KEPT = 4096;
    private static final List<String> FORMS =
            List.of("mapped", "buffer", "wrapped", "reinterpreted");

    /** A configuration for which blocks of zeros are correct. */
    private static final DifConfig BLOCKS = DifConfig.of(DifBlockSize.BYTES_512)
            .withDestination(new DifTags(1, 2, 0))
            .withFlags(DifFlag.SOURCE_FIXED_REFERENCE_TAG);

    /** An operation on the mapping, with other memory of the same size. */
    private interface Operation extends BiFunction<MemorySegment, MemorySegment, VdmFuture<?>> {}

    private TruncatedMapping() {}

    public static void main(String[] arguments) throws Throwable {
        if (!arguments[2].equals("nothing")) {
            RefusingKernel.refuse(Integer.parseInt(arguments[3]), arguments[2].equals("all"));
        }
        boolean truncated = arguments[1].equals("truncated");
        int wrong = 0;
        try (Arena arena = Arena.ofShared(); AbstractDataMover mover = open(arguments[0])) {
            MemorySegment other = arena.allocate(SIZE, 4096);
            for (String form : FORMS) {
                for (var each : operations(mover, arena).entrySet()) {
                    Path file = Files.createTempFile(Path.of("").toAbsolutePath(), "cut", "");
                    MemorySegment mapping = map(form, file, arena);
                    if (truncated) {
                        truncate(file);
                    }
                    // Printed before the operation, to identify it after a crash.
                    System.out.print(form + " " + each.getKey() + ": ");
                    System.out.flush();
                    VdmFuture<?> future = each.getValue().apply(mapping, other.fill((byte) 0));
                    future.busyPoll();
                    boolean right = future.result() == expected(truncated);
                    wrong += right ? 0 : 1;
                    System.out.println(future.result() + " " + future.path()
                            + (right ? "" : ", which is wrong: " + future.failure()));
                    Files.delete(file);
                }
            }
            wrong += batches(mover, truncated, arena);
        }
        System.out.println(wrong + " operations ended wrongly");
        System.exit(wrong == 0 ? 0 : 3);
    }

    /**
     * Runs batches of tasks that read and write the mapping. Returns the number of wrong results.
     */
    private static int batches(AbstractDataMover mover, boolean truncated, Arena arena)
            throws Exception {
        int wrong = 0;
        MemorySegment other = arena.allocate(SIZE, 4096);
        for (String form : FORMS) {
            Path file = Files.createTempFile(Path.of("").toAbsolutePath(), "cut", "");
            MemorySegment mapping = map(form, file, arena);
            if (truncated) {
                truncate(file);
            }
            System.out.print(form + " batch: ");
            System.out.flush();
            BatchResult batch = mover.batch()
                    .memcpy(other, mapping)
                    .crc32c(mapping)
                    .compare(mapping, other)
                    .fill(mapping, 0x0102030405060708L)
                    .memcpy(mapping, other)
                    .submit()
                    .await();
            for (int i = 0; i < batch.tasks().size(); i++) {
                VdmResult result = batch.get(i).result();
                wrong += result == expected(truncated) ? 0 : 1;
                System.out.print(result + " " + batch.get(i).path() + " ");
            }
            System.out.println();
            Files.delete(file);
        }
        return wrong;
    }

    private static VdmResult expected(boolean truncated) {
        return truncated ? VdmResult.IO_ERROR : VdmResult.SUCCESS;
    }

    private static void truncate(Path file) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(KEPT);
        }
    }

    private static MemorySegment map(String form, Path file, Arena arena) throws Exception {
        MemorySegment mapped;
        if (form.equals("buffer") || form.equals("reinterpreted")) {
            mapped = OffHeapBuffer.map(file, 0, SIZE).segment();
        } else {
            try (var channel = FileChannel.open(file, StandardOpenOption.READ,
                    StandardOpenOption.WRITE)) {
                mapped = channel.map(MapMode.READ_WRITE, 0, SIZE, arena);
            }
        }
        return switch (form) {
            case "wrapped" -> OffHeapBuffer
                    .wrap(MemorySegment.ofAddress(mapped.address()).reinterpret(SIZE))
                    .segment();
            case "reinterpreted" -> mapped.reinterpret(SIZE);
            default -> mapped;
        };
    }

    private static Map<String, Operation> operations(AbstractDataMover mover, Arena arena) {
        MemorySegment more = arena.allocate(SIZE, 4096);
        MemorySegment record = arena.allocate(SIZE * 2, 8);
        MemorySegment blocks = arena.allocate(SIZE / 512 * 520, 8);
        var all = new LinkedHashMap<String, Operation>();
        all.put("memcpy from", (file, memory) -> mover.memcpy(memory, file));
        all.put("memcpy to", (file, memory) -> mover.memcpy(file, memory));
        all.put("memmove from", (file, memory) -> mover.memmove(memory, file));
        all.put("memmove to", (file, memory) -> mover.memmove(file, memory));
        all.put("memset", (file, memory) -> mover.memset(file, (byte) 3));
        all.put("durable memcpy",
                (file, memory) -> mover.memcpy(file, memory, VdmFlags.MEM_DURABLE));
        all.put("fill", (file, memory) -> mover.fill(file, 0x0102030405060708L));
        all.put("crc32c", (file, memory) -> mover.crc32c(file));
        all.put("short crc32c", (file, memory) -> mover.crc32c(file.asSlice(SIZE - 100, 100)));
        all.put("reversed crc32c", (file, memory) -> mover.crc32c(file,
                new CrcOptions(0, true, true)));
        all.put("copyCrc32c from", (file, memory) -> mover.copyCrc32c(memory, file));
        all.put("copyCrc32c to", (file, memory) -> mover.copyCrc32c(file, memory));
        all.put("compare", (file, memory) -> mover.compare(file, memory));
        all.put("compare, second", (file, memory) -> mover.compare(memory, file));
        all.put("comparePattern", (file, memory) -> mover.comparePattern(file, 0));
        all.put("createDelta", (file, memory) -> mover.createDelta(record, file, memory));
        all.put("createDelta, record", (file, memory) -> mover.createDelta(file,
                memory.asSlice(0, 8 << 10), more.asSlice(0, 8 << 10).fill((byte) 1)));
        all.put("applyDelta to", (file, memory) -> {
            memory.set(ValueLayout.JAVA_SHORT, 0, (short) (SIZE / 8 - 1)); // the last word
            return mover.applyDelta(file, memory.asSlice(0, 10));
        });
        all.put("dualcast from", (file, memory) -> mover.dualcast(memory, more, file));
        all.put("dualcast to", (file, memory) -> mover.dualcast(memory, file, more));
        all.put("difInsert from", (file, memory) -> mover.difInsert(blocks, file, BLOCKS,
                VdmFlags.NONE));
        all.put("difCheck", (file, memory) -> mover.difCheck(file, BLOCKS));
        all.put("difStrip from", (file, memory) -> mover.difStrip(
                memory.asSlice(0, SIZE / 520 * 512), file, BLOCKS, VdmFlags.NONE));
        all.put("difUpdate to", (file, memory) -> mover.difUpdate(file, memory, BLOCKS,
                VdmFlags.NONE));
        return all;
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
