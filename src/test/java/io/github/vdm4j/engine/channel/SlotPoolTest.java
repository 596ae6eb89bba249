package io.github.vdm4j.engine.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.dml.DmlMovers;
import io.github.vdm4j.dml.DmlStatus;
import io.github.vdm4j.dml.job.DmlChannel;
import io.github.vdm4j.dml.simulated.Plan;
import io.github.vdm4j.dml.simulated.SimulatedDml;
import io.github.vdm4j.machine.NumaNodes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SlotPoolTest {
    private final SimulatedDml dml = new SimulatedDml().withHardware();

    @AfterEach
    void everyJobIsFinalisedByTheRules() {
        dml.close();
    }

    private SlotPool pool(int capacity) {
        var channel = new DmlChannel(DmlMovers.functions(dml.library()), capacity, true, false,
                new ChannelLimits(64, 64, 4, 4), NumaNodes.ANY, true, DmlStatus::of);
        return new SlotPool(channel, capacity);
    }

    @Test
    void poolLendsEachJobOnce() {
        SlotPool pool = pool(3);
        List<Slot> lent = List.of(pool.take(), pool.take(), pool.take());
        assertEquals(3, Set.copyOf(lent).size());
        assertEquals(3, pool.lent());
        assertNull(pool.take());
        for (int place : new int[]{1, 2, 0}) {
            pool.give(lent.get(place));
            assertEquals(2, pool.lent());
            assertSame(lent.get(place), pool.take());
        }
        lent.forEach(pool::give);
        assertTrue(pool.tryClose());
    }

    @Test
    void poolInitialisesOnlyTheFirstJob() {
        SlotPool pool = pool(3);
        assertEquals(1, dml.initialised());
        Slot first = pool.take();
        assertEquals(1, dml.initialised());
        Slot second = pool.take();
        assertEquals(2, dml.initialised());
        pool.give(first);
        pool.give(second);
        assertTrue(pool.tryClose());
        assertEquals(0, dml.liveJobs());
    }

    @Test
    void unusedFirstJobIsFinalised() {
        SlotPool pool = pool(3);
        assertEquals(1, dml.liveJobs());
        assertEquals(0, pool.lent());
        assertTrue(pool.tryClose());
        assertEquals(0, dml.liveJobs());
        assertEquals(0, pool.nativeBytes());
    }

    @Test
    void jobInFlightCannotBeReturned() {
        SlotPool pool = pool(1);
        Slot slot = pool.take();
        dml.next(Plan.hold());
        slot.submitNop();
        assertThrows(IllegalStateException.class, () -> pool.give(slot));
        dml.releaseAll();
        assertEquals(Slot.OK, slot.check());
        pool.give(slot);
        assertTrue(pool.tryClose());
    }

    @Test
    void unsubmittedJobCannotBeChecked() {
        SlotPool pool = pool(1);
        Slot slot = pool.take();
        assertThrows(IllegalStateException.class, slot::check);
        slot.submitNop();
        while (slot.check() == Slot.IN_FLIGHT) {
            Thread.onSpinWait();
        }
        assertThrows(IllegalStateException.class, slot::check);
        dml.next(Plan.refuse(102));
        assertEquals(102, slot.submitNop());
        assertThrows(IllegalStateException.class, slot::check);
        pool.give(slot);
        assertTrue(pool.tryClose());
    }

    @Test
    void poolClosesAfterEveryJobIsReturned() {
        SlotPool pool = pool(2);
        Slot slot = pool.take();
        Slot other = pool.take();
        pool.give(other);
        assertFalse(pool.tryClose());
        assertEquals(2, dml.liveJobs());
        pool.give(slot);
        assertTrue(pool.tryClose());
        assertEquals(0, dml.liveJobs());
        assertEquals(0, pool.nativeBytes());
        assertEquals(0, pool.lent());
        assertNull(pool.take());
        assertTrue(pool.tryClose(), "again, without effect");
    }

    @Test
    void retiredPlaceGetsNoJob() {
        SlotPool pool = pool(3);
        Slot held = pool.take();
        assertFalse(pool.tryClose());
        List<Slot> others = new ArrayList<>(); // The pool takes slots from the later places.
        for (Slot other = pool.take(); other != null; other = pool.take()) {
            others.add(other);
        }
        assertEquals(1 + others.size(), dml.liveJobs());
        assertEquals(1 + others.size(), pool.lent());
        others.forEach(pool::give);
        pool.give(held);
        assertTrue(pool.tryClose());
        assertEquals(0, dml.liveJobs());
        assertNull(pool.take());
        assertEquals(0, dml.liveJobs(), "jobs made by a pool that is closed");
    }

    @Test
    void poolNeverLendsAJobTwice() throws InterruptedException {
        SlotPool pool = pool(1);
        int threads = 4;
        var holders = new AtomicInteger();
        var most = new AtomicInteger();
        var start = new CountDownLatch(1);
        List<Thread> running = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            running.add(
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        try {
                                            start.await();
                                        } catch (InterruptedException e) {
                                            throw new IllegalStateException(e);
                                        }
                                        for (int i = 0; i < 500_000; i++) {
                                            Slot slot = pool.take();
                                            if (slot != null) {
                                                most.accumulateAndGet(holders.incrementAndGet(),
                                                        Math::max);
                                                holders.decrementAndGet();
                                                pool.give(slot);
                                            }
                                        }
                                    }));
        }
        start.countDown();
        for (Thread thread : running) {
            thread.join();
        }
        assertTrue(most.get() <= 1, most + " threads had the one slot");
        assertEquals(0, pool.lent());
        assertTrue(pool.tryClose());
    }

    @Test
    void waitingThreadGetsAReturnedJob() throws Exception {
        SlotPool pool = pool(2);
        Slot mine = pool.take();
        var got = new AtomicReference<Slot>();
        Thread waiting = Thread.ofPlatform().unstarted(() -> got.set(pool.take()));
        Slot made;
        synchronized (pool) { // The pool makes jobs under this lock.
            waiting.start();
            while (waiting.getState() != Thread.State.BLOCKED) {
                Thread.onSpinWait();
            }
            made = pool.take();
            pool.give(made);
        }
        waiting.join();
        assertSame(made, got.get());
        assertEquals(2, dml.liveJobs());
        pool.give(made);
        pool.give(mine);
        assertTrue(pool.tryClose());
    }

    @Test
    void concurrentThreadsGetAJobEach() throws Exception {
        int threads = 4;
        var barrier = new CyclicBarrier(threads + 1);
        try (var executor = Executors.newFixedThreadPool(threads)) {
            for (int round = 0; round < 100; round++) {
                SlotPool pool = pool(threads);
                List<Future<Slot>> takers = new ArrayList<>();
                for (int t = 0; t < threads; t++) {
                    takers.add(executor.submit(() -> {
                        barrier.await();
                        return pool.take();
                    }));
                }
                barrier.await();
                Set<Slot> taken = new HashSet<>();
                for (Future<Slot> taker : takers) {
                    taken.add(taker.get());
                }
                assertFalse(taken.contains(null), "a slot was free for each");
                assertEquals(threads, taken.size());
                assertEquals(threads, pool.lent());
                assertEquals(threads, dml.liveJobs());

                List<Future<Integer>> users = new ArrayList<>();
                for (Slot slot : taken) {
                    users.add(executor.submit(() -> {
                        barrier.await();
                        int uses = 0;
                        for (Slot mine = slot; mine != null; mine = pool.take()) {
                            uses++;
                            pool.give(mine);
                            Thread.yield(); // the closing thread may need the processor
                        }
                        return uses;
                    }));
                }
                barrier.await();
                while (!pool.tryClose()) {
                    Thread.yield(); // or a user
                }
                assertEquals(0, dml.liveJobs(), "jobs of a closed pool");
                for (Future<Integer> user : users) {
                    assertTrue(user.get() > 0);
                }
                assertNull(pool.take());
                assertEquals(0, dml.liveJobs());
            }
        }
    }
}
