package io.github.vdm4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.future.FutureState;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.zip.CRC32C;

/**
 * Random operations of one thread on a device that fails. Each operation has its own memory. The
 * load checks the result, and that a failed operation has written only to its destination.
 */
public abstract class FaultyLoad {
    /** The largest number of operations in flight. */
    public static final int SLOTS = 12;

    /** The largest size of an operation in bytes. */
    public static final int LONGEST = 600;

    private static final int SLOT = 2048;

    /** More polls than a correct mover needs. */
    private static final long MANY_POLLS = 1_000_000;

    /** Memory of one operation, and its expected bytes. */
    private static final class Slot {
        private final MemorySegment memory;
        private final byte[] expected = new byte[SLOT];

        /** The bytes that a failed operation may have changed. */
        private int from;

        private int to;

        Slot(MemorySegment memory) {
            this.memory = memory;
        }

        private byte[] bytes() {
            return memory.toArray(ValueLayout.JAVA_BYTE);
        }

        private void assertOthersAreUntouched(String what) {
            byte[] now = bytes();
            assertEquals(-1, Arrays.mismatch(now, 0, from, expected, 0, from),
                    what + ": before the destination");
            assertEquals(-1, Arrays.mismatch(now, to, SLOT, expected, to, SLOT),
                    what + ": behind the destination");
        }
    }

    /** An operation in flight. */
    private record Work(Slot slot, VdmFuture<?> future, boolean repeatable, Runnable verify) {}

    private final Vdm mover;
    private final boolean fallsBack;
    private final Random random;
    private final Deque<Slot> free = new ArrayDeque<>();
    private final List<Slot> leftToTheDevice = new ArrayList<>();
    private final List<Work> underWay = new ArrayList<>();
    private final Map<VdmResult, Integer> results = new EnumMap<>(VdmResult.class);
    private final Map<ExecutionPath, Integer> paths = new EnumMap<>(ExecutionPath.class);

    /**
     * Creates the load.
     *
     * @param fallsBack whether the mover falls back if the device fails
     * @param allocator allocates native memory of a size in bytes
     */
    protected FaultyLoad(Vdm mover, boolean fallsBack, Random random,
            IntFunction<MemorySegment> allocator) {
        this.mover = mover;
        this.fallsBack = fallsBack;
        this.random = random;
        for (int i = 0; i < SLOTS; i++) {
            free.add(new Slot(allocator.apply(SLOT)));
        }
    }

    /** Returns the number of operations with an overdue answer of the device. */
    protected abstract int overdue();

    /** Acts after the start of an operation. */
    protected abstract void started();

    /** Acts after each step. */
    protected abstract void disturb(Random chance);

    /** Starts and polls operations in random order until a number of them is complete. */
    public final void run(int operations) {
        int started = 0;
        int ended = 0;
        for (long polls = 0; ended < operations; polls++) {
            assertTrue(polls < operations * MANY_POLLS, () -> "never complete: " + underWay);
            if (started < operations && !free.isEmpty() && random.nextInt(3) == 0) {
                underWay.add(start(free.remove()));
                started++;
                started();
            } else if (!underWay.isEmpty()) {
                Work work = underWay.get(random.nextInt(underWay.size()));
                if (work.future().poll() == FutureState.COMPLETE) {
                    underWay.remove(work);
                    end(work);
                    ended++;
                }
            }
            if (free.isEmpty() && overdue() == 0) {
                takeBack();
            }
            disturb(random);
        }
    }

    /** Waits for the overdue answers of the device and checks their memory. */
    public final void settle() {
        while (overdue() != 0) {
            Thread.onSpinWait();
        }
        takeBack();
        assertEquals(SLOTS, free.size(), "an operation was lost");
    }

    /** Returns the number of operations by result. */
    public final Map<VdmResult, Integer> results() {
        return results;
    }

    /** Returns the number of operations by path. */
    public final Map<ExecutionPath, Integer> paths() {
        return paths;
    }

    /** Checks memory that the device has written late. It may have written to the destination. */
    private void takeBack() {
        leftToTheDevice.forEach(slot -> slot.assertOthersAreUntouched("an overdue operation"));
        free.addAll(leftToTheDevice);
        leftToTheDevice.clear();
    }

    private Work start(Slot slot) {
        random.nextBytes(slot.expected);
        slot.memory.copyFrom(MemorySegment.ofArray(slot.expected));
        int length = 1 + random.nextInt(LONGEST);
        int source = random.nextInt(SLOT / 2 - length);
        int target = SLOT / 2 + random.nextInt(SLOT / 2 - length);
        MemorySegment from = slot.memory.asSlice(source, length);
        MemorySegment to = slot.memory.asSlice(target, length);
        byte[] before = slot.expected.clone();
        slot.from = target;
        slot.to = target + length;
        switch (random.nextInt(6)) {
            case 0 -> {
                System.arraycopy(before, source, slot.expected, target, length);
                return new Work(slot, mover.memcpy(to, from), true, () -> {});
            }
            case 1 -> { // within one range
                int shift = random.nextInt(2 * length) - length;
                int near = Math.clamp(source + shift, 0, SLOT - length);
                System.arraycopy(before, source, slot.expected, near, length);
                slot.from = Math.min(source, near);
                slot.to = Math.max(source, near) + length;
                boolean apart = Math.abs(near - source) >= length;
                return new Work(slot, mover.memmove(slot.memory.asSlice(near, length), from), apart,
                        () -> {});
            }
            case 2 -> {
                byte fill = (byte) random.nextInt();
                Arrays.fill(slot.expected, target, target + length, fill);
                return new Work(slot, mover.memset(to, fill), true, () -> {});
            }
            case 3 -> {
                long pattern = random.nextLong();
                for (int i = 0; i < length; i++) {
                    slot.expected[target + i] = (byte) (pattern >>> 8 * (i & 7));
                }
                return new Work(slot, mover.fill(to, pattern), true, () -> {});
            }
            case 4 -> {
                slot.to = slot.from;
                var crc = new CRC32C();
                crc.update(before, source, length);
                var future = mover.crc32c(from);
                return new Work(slot, future, true,
                        () -> assertEquals(crc.getValue(), future.output().value()));
            }
            default -> {
                boolean equal = random.nextBoolean();
                int differs = random.nextInt(length);
                System.arraycopy(before, source, slot.expected, target, length);
                slot.expected[target + differs] ^= (byte) (equal ? 0 : 1 + random.nextInt(255));
                slot.memory.copyFrom(MemorySegment.ofArray(slot.expected));
                slot.to = slot.from;
                var future = mover.compare(from, to);
                return new Work(slot, future, true, () -> {
                    assertEquals(equal, future.output().equal());
                    assertTrue(equal || future.output().mismatchOffset() == differs,
                            () -> future.output() + ", not " + differs);
                });
            }
        }
    }

    private void end(Work work) {
        VdmResult result = work.future().result();
        results.merge(result, 1, Integer::sum);
        paths.merge(work.future().path(), 1, Integer::sum);
        if (result == VdmResult.SUCCESS) {
            assertArrayEquals(work.slot().expected, work.slot().bytes(), work::toString);
            work.verify().run();
            free.add(work.slot());
            return;
        }
        String why = work.future().failure().getMessage();
        if (result == VdmResult.TIMEOUT) {
            assertTrue(why.contains("deviceTimeout") && why.contains("Overdue()"), why);
            leftToTheDevice.add(work.slot());
            return;
        }
        VdmStatus status = work.future().failure().status();
        assertNotNull(status, why);
        assertEquals(status.result(), result);
        assertTrue(why.contains(status.toString()), why);
        assertTrue(!fallsBack || !work.repeatable(), () -> "not repeated elsewhere: " + why);
        work.slot().assertOthersAreUntouched(why);
        free.add(work.slot());
    }
}
