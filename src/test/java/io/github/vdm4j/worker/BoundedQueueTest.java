package io.github.vdm4j.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Any capacity, any number of threads: nothing lost, nothing doubled, first in first out. */
class BoundedQueueTest {

    @Property(tries = 500, shrinking = ShrinkingMode.BOUNDED)
    void behavesLikeABoundedArrayDeque(
            @ForAll @IntRange(min = 1, max = 9) int capacity,
            @ForAll @Size(max = 200) List<Boolean> offers) {
        var queue = new BoundedQueue<Integer>(capacity);
        var model = new ArrayDeque<Integer>();
        int next = 0;
        for (boolean offer : offers) {
            assertEquals(model.isEmpty(), queue.isEmpty());
            if (offer) {
                boolean room = model.size() < capacity;
                assertEquals(room, queue.offer(next));
                if (room) {
                    model.add(next);
                }
                next++;
            } else {
                assertEquals(model.poll(), queue.poll());
            }
        }
        while (!model.isEmpty()) {
            assertEquals(model.poll(), queue.poll());
        }
        assertNull(queue.poll());
        assertTrue(queue.isEmpty());
    }

    @ParameterizedTest(name = "of capacity {0}")
    @ValueSource(ints = {1, 2, 3, 7, 64, 100})
    @DisplayName("H22: a queue of any capacity takes that many and no more, lap after lap")
    void aQueueOfAnyCapacityTakesThatManyAndNoMore(int capacity) {
        var queue = new BoundedQueue<Integer>(capacity);
        assertEquals(capacity, queue.capacity());
        for (int lap = 0; lap < 5; lap++) {
            for (int i = 0; i < capacity; i++) {
                assertTrue(queue.offer(i));
            }
            assertFalse(queue.offer(-1));
            for (int i = 0; i < capacity; i++) {
                assertEquals(i, queue.poll());
            }
            assertNull(queue.poll());
        }
    }

    @ParameterizedTest(name = "capacity {0}")
    @ValueSource(ints = {1, 2, 3, 7, 100})
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    @DisplayName("three producers and three consumers: no element lost or doubled, each producer's order kept")
    void manyProducersAndConsumers(int capacity) throws Exception {
        int producers = 3;
        int consumers = 3;
        int each = 30_000;
        record Element(int producer, int number) {}
        var queue = new BoundedQueue<Element>(capacity);
        var taken = new AtomicInteger();
        List<List<Element>> seen = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int c = 0; c < consumers; c++) {
            List<Element> mine = new ArrayList<>();
            seen.add(mine);
            threads.add(Thread.ofPlatform().daemon().start(() -> {
                while (taken.get() < producers * each) {
                    Element element = queue.poll();
                    if (element == null) {
                        Thread.yield();
                    } else {
                        mine.add(element);
                        taken.incrementAndGet();
                    }
                }
            }));
        }
        for (int p = 0; p < producers; p++) {
            int producer = p;
            threads.add(Thread.ofPlatform().daemon().start(() -> {
                for (int i = 0; i < each; i++) {
                    while (!queue.offer(new Element(producer, i))) {
                        Thread.yield();
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        int[][] count = new int[producers][each];
        for (List<Element> mine : seen) {
            int[] last = {-1, -1, -1};
            for (Element element : mine) {
                assertTrue(element.number > last[element.producer],
                        "order of producer " + element.producer);
                last[element.producer] = element.number;
                count[element.producer][element.number]++;
            }
        }
        for (int[] numbers : count) {
            for (int times : numbers) {
                assertEquals(1, times);
            }
        }
        assertTrue(queue.isEmpty());
    }

    @Test
    @DisplayName("what was taken is not kept reachable")
    void whatWasTakenIsNotKeptReachable() throws Exception {
        var queue = new BoundedQueue<Object>(4);
        Object element = new Object();
        var reference = new java.lang.ref.WeakReference<>(element);
        queue.offer(element);
        assertEquals(element, queue.poll());
        element = null;
        for (int i = 0; i < 50 && reference.get() != null; i++) {
            System.gc();
            Thread.sleep(1);
        }
        assertNull(reference.get());
        assertTrue(queue.isEmpty());
    }
}
