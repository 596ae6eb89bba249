package io.github.vdm4j.emulator;

import static io.github.vdm4j.emulator.DeviceClient.bytes;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vdm4j.emulator.DeviceClient.Task;
import io.github.vdm4j.jvm.DifKernel;
import io.github.vdm4j.operation.DifBlockSize;
import io.github.vdm4j.operation.DifConfig;
import io.github.vdm4j.operation.DifFlag;
import io.github.vdm4j.operation.DifTags;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * A comparison of the device's protection with that of the JVM, for every flag, tag and kind of
 * damage.
 */
class DeviceDifProperties {
    private static final int BLOCKS = 4;
    private static final int PROTECTION = 8;

    private final DeviceClient client = new DeviceClient(new DeviceSettings());

    @Provide
    Arbitrary<DifTags> tags() {
        var short16 = Arbitraries.integers().between(0, 0xffff);
        return Combinators.combine(Arbitraries.integers(), short16, short16).as(DifTags::new);
    }

    @Provide
    Arbitrary<DifConfig> configs() {
        return Combinators.combine(Arbitraries.of(DifBlockSize.values()), tags(), tags(),
                Arbitraries.of(DifFlag.values()).set()).as(DifConfig::new);
    }

    /** Sets the fields of a descriptor. Its flags are DML's flags, split into three bytes. */
    static Task describe(Task task, DifConfig config, boolean reads, boolean writes) {
        int flags = config.flagBits();
        task.set(42, (byte) (flags >> 16 | config.blockSize().ordinal()));
        if (reads) {
            describe(task.set(40, (byte) flags), 48, config.source());
        }
        if (writes) {
            describe(task.set(41, (byte) (flags >> 8)), 56, config.destination());
        }
        return task;
    }

    private static void describe(Task task, int offset, DifTags tags) {
        task.set(offset, tags.reference())
                .set(offset + 4, (short) tags.applicationMask())
                .set(offset + 6, (short) tags.application());
    }

    /** Returns blocks that are correct for the source of a configuration, except for one block. */
    private MemorySegment damagedSource(DifConfig config, int damage, long seed) {
        int block = config.blockSize().bytes();
        var asDestination = new DifConfig(config.blockSize(), DifTags.ZERO, config.source(),
                Set.of());
        boolean increments = config.has(DifFlag.SOURCE_INCREMENTING_APPLICATION_TAG);
        boolean fixed = config.has(DifFlag.SOURCE_FIXED_REFERENCE_TAG);
        List<DifFlag> flags = config.flags()
                .stream()
                .filter(flag -> flag == DifFlag.INVERT_CRC_SEED
                        || flag == DifFlag.INVERT_CRC_RESULT)
                .collect(Collectors.toList());
        if (increments) {
            flags.add(DifFlag.DESTINATION_INCREMENTING_APPLICATION_TAG);
        }
        if (fixed) {
            flags.add(DifFlag.DESTINATION_FIXED_REFERENCE_TAG);
        }
        MemorySegment source = client.arena.allocate((long) BLOCKS * (block + PROTECTION));
        DifKernel.insert(source, client.noise((long) BLOCKS * block, seed),
                asDestination.withFlags(flags.toArray(DifFlag[]::new)));
        var random = new SplittableRandom(seed);
        long at = (long) random.nextInt(BLOCKS) * (block + PROTECTION);
        switch (damage) {
            case 1 -> source.set(JAVA_BYTE, at + random.nextInt(block), (byte) random.nextInt());
            case 2 -> source.asSlice(at + block, PROTECTION).fill((byte) -1);
            case 3 -> source.asSlice(at + block + 2, 6).fill((byte) -1);
            case 4 -> source.asSlice(at + block + 2, 2).fill((byte) -1);
            case 5 -> source.set(JAVA_BYTE, at + block + random.nextInt(PROTECTION), (byte) 0x5a);
            default -> {
            }
        }
        return source;
    }

    private static void assertFound(long expected, Task task) {
        assertEquals(expected == -1 ? Status.SUCCESS : Status.DIF_ERROR, task.status());
        if (expected != -1) {
            assertEquals(DifKernel.offset(expected), task.completed());
            assertEquals(DifKernel.errors(expected), task.result());
        }
    }

    @Property(tries = 400, edgeCases = EdgeCasesMode.NONE)
    void protectionIsCheckedAndMadeLikeInTheJvm(@ForAll("configs") DifConfig config,
            @ForAll long seed) {
        int block = config.blockSize().bytes();
        MemorySegment source = damagedSource(config, (int) Math.floorMod(seed, 6L), seed);
        long size = source.byteSize();

        Task check = client.task(0x12, source, source, size).set(24, 0L);
        assertFound(DifKernel.strip(null, source, config),
                client.run(describe(check, config, true, false)));

        MemorySegment stripped = client.noise((long) BLOCKS * block, 1);
        MemorySegment expected = client.copyOf(bytes(stripped));
        long found = DifKernel.strip(expected, source, config);
        assertFound(found, client.run(
                describe(client.task(0x14, source, stripped, size), config, true, false)));
        assertArrayEquals(bytes(expected), bytes(stripped));

        MemorySegment updated = client.noise(size, 2);
        expected = client.copyOf(bytes(updated));
        found = DifKernel.update(expected, source, config);
        assertFound(found, client.run(
                describe(client.task(0x15, source, updated, size), config, true, true)));
        assertArrayEquals(bytes(expected), bytes(updated));

        byte[] data = Arrays.copyOf(bytes(source), BLOCKS * block);
        MemorySegment inserted = client.noise(size, 3);
        expected = client.copyOf(bytes(inserted));
        DifKernel.insert(expected, client.copyOf(data), config);
        assertEquals(Status.SUCCESS, client.run(describe(client.task(0x13, client.copyOf(data),
                inserted, data.length), config, false, true)).status());
        assertArrayEquals(bytes(expected), bytes(inserted));
    }
}
