package io.github.vdm4j;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.machine.Seam;
import io.github.vdm4j.machine.SeamScheduler;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A run of a mover of little capacity. Its users copy, wait, cancel, drain and close. Each copy has
 * a separate destination.
 */
final class QueueRun {
    private static final int BYTES = 64;
    private static final int PER_USER = 4;

    private final SplittableRandom random;
    private final SeamUser user;
    private final AbstractDataMover mover;
    private final int capacity;
    private final int users;
    private final Arena arena = Arena.ofAuto();
    private final int[] runs;
    /** For each begun copy, the number of copies that had begun before it. */
    private final int[] begun;
    private int allBegun;
    private boolean counted = true;
    private final List<VdmOperation> shared = new ArrayList<>();
    private int usersLeft;

    /** Opens a mover that calls a function for each copy. */
    interface Opening {
        AbstractDataMover open(QueueRun run, int capacity);
    }

    QueueRun(SeamScheduler scheduler, Opening opening) {
        random = scheduler.random();
        user = new SeamUser(random);
        capacity = 1 + random.nextInt(2);
        users = 2 + random.nextInt(2);
        usersLeft = users;
        runs = new int[users * PER_USER];
        begun = new int[users * PER_USER];
        mover = opening.open(this, capacity);
        for (int i = 0; i < users; i++) {
            shared.add(mover.newOperation().nop());
            int number = i;
            scheduler.add("user " + i, () -> {
                use(number);
                if (--usersLeft == 0) {
                    mover.close();
                }
            });
        }
        if (random.nextInt(4) == 0) {
            boolean now = random.nextBoolean();
            scheduler.add("closer", () -> {
                if (now) {
                    mover.closeNow();
                } else {
                    mover.close();
                }
            });
        }
    }

    /** Expects a mover that calls no function. */
    QueueRun uncounted() {
        counted = false;
        return this;
    }

    /** Notes that a copy begins. */
    void begin(MemorySegment from) {
        int number = from.get(JAVA_BYTE, 1);
        runs[number]++;
        begun[number] = ++allBegun;
        Seam.step();
    }

    /** Returns a small number. */
    int small() {
        return random.nextInt(3);
    }

    void copy(MemorySegment to, MemorySegment from, VdmFlags flags) {
        begin(from);
        to.copyFrom(from);
        Seam.step();
    }

    /** A source that identifies its copy. */
    private MemorySegment source(int number) {
        MemorySegment numbered = arena.allocate(BYTES).fill((byte) 1);
        numbered.set(JAVA_BYTE, 1, (byte) number);
        return numbered;
    }

    private void use(int number) {
        try {
            if (random.nextBoolean()) {
                copyAgainAndAgain(number);
            } else {
                copyInOrder(number);
            }
        } catch (IllegalStateException e) {
            assertTrue(mover.isClosed() && e.getMessage().contains("the mover is closed"),
                    e::toString);
        }
    }

    /** Uses an operation several times. Users access each other's operations. */
    private void copyAgainAndAgain(int number) {
        VdmOperation operation = shared.get(number);
        user.waitFor(operation);
        for (int i = 0; i < PER_USER; i++) {
            int copy = number * PER_USER + i;
            MemorySegment destination = arena.allocate(BYTES);
            operation.memcpy(destination, source(copy), VdmFlags.NONE);
            for (int touches = random.nextInt(3); touches > 0; touches--) {
                user.touch(shared.get(random.nextInt(users)));
            }
            if (random.nextInt(4) == 0) {
                operation.cancel();
            }
            user.waitFor(operation);
            requireHonest(operation.result(), destination, copy);
        }
    }

    private void requireHonest(VdmResult result, MemorySegment destination, int copy) {
        boolean copied = result == VdmResult.SUCCESS;
        assertTrue(copied || result == VdmResult.CANCELLED || result == VdmResult.CLOSED,
                result::toString);
        assertEquals(copied ? 1 : 0, destination.get(JAVA_BYTE, BYTES - 1), result::toString);
        assertEquals(counted && copied ? 1 : 0, runs[copy], result::toString);
    }

    /** Starts several operations before it waits for the first. */
    private void copyInOrder(int number) {
        List<VdmFuture<?>> futures = new ArrayList<>();
        List<MemorySegment> destinations = new ArrayList<>();
        for (int i = 0; i < PER_USER; i++) {
            destinations.add(arena.allocate(BYTES));
            futures.add(mover.memcpy(destinations.get(i), source(number * PER_USER + i)));
            futures.get(i).poll();
        }
        if (random.nextInt(4) == 0) {
            futures.get(random.nextInt(PER_USER)).cancel();
        }
        List<VdmFuture<?>> overdue = random.nextBoolean() ? drain(futures) : List.of();
        for (int i = 0; i < PER_USER; i++) {
            user.waitFor(futures.get(i));
            requireHonest(futures.get(i).result(), destinations.get(i), number * PER_USER + i);
        }
        for (VdmFuture<?> each : overdue) {
            assertTrue(each.result() != VdmResult.SUCCESS, "a drain did not wait for " + each);
        }
        requireOrder(number * PER_USER);
    }

    /** Returns the operations that a drain has not waited for. */
    private List<VdmFuture<?>> drain(List<VdmFuture<?>> futures) {
        VdmFuture<?> drain = mover.drain();
        drain.busyPoll();
        return drain.result() != VdmResult.SUCCESS ? List.of()
                : futures.stream().filter(each -> each.state() != FutureState.COMPLETE).toList();
    }

    /**
     * Fails if an operation overtook more earlier operations than the remaining workers can hold.
     * Workers take the operations first in, first out.
     */
    private void requireOrder(int first) {
        for (int i = first; i < first + PER_USER; i++) {
            int overtaken = 0;
            for (int earlier = first; earlier < i; earlier++) {
                overtaken += runs[i] > 0 && runs[earlier] > 0 && begun[earlier] > begun[i] ? 1 : 0;
            }
            assertTrue(overtaken < capacity, "overtook " + overtaken);
        }
    }

    /** Checks the state after all threads have ended. */
    void check() {
        user.requireAllNotified();
        assertEquals(0, mover.counters().inFlight());
    }
}
