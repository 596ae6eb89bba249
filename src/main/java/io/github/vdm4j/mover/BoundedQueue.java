package io.github.vdm4j.mover;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * A queue of any fixed capacity for many producers and consumers, without locks and without
 * allocation: each place counts turns, even ones for writing and odd ones for reading, and whoever
 * claims a position waits for nobody.
 *
 * @param <E> the type of the elements
 */
final class BoundedQueue<E> {
    private final int capacity;
    private final AtomicReferenceArray<E> places;
    private final AtomicLongArray turns;
    private final AtomicLong head = new AtomicLong();
    private final AtomicLong tail = new AtomicLong();

    BoundedQueue(int capacity) {
        this.capacity = capacity;
        places = new AtomicReferenceArray<>(capacity);
        turns = new AtomicLongArray(capacity);
    }

    int capacity() {
        return capacity;
    }

    /** Adds an element at the end; false if the queue is full. */
    boolean offer(E element) {
        long position = tail.get();
        while (true) {
            int place = (int) (position % capacity);
            long writing = position / capacity * 2;
            if (turns.getAcquire(place) == writing) {
                if (tail.compareAndSet(position, position + 1)) {
                    places.setPlain(place, element);
                    turns.setRelease(place, writing + 1);
                    return true;
                }
                position = tail.get();
            } else {
                long seen = position;
                position = tail.get();
                if (position == seen) {
                    return false;
                }
            }
        }
    }

    /** Takes the first element; null if the queue is empty. */
    E poll() {
        long position = head.get();
        while (true) {
            int place = (int) (position % capacity);
            long reading = position / capacity * 2 + 1;
            if (turns.getAcquire(place) == reading) {
                if (head.compareAndSet(position, position + 1)) {
                    E element = places.getPlain(place);
                    places.setPlain(place, null);
                    turns.setRelease(place, reading + 1);
                    return element;
                }
                position = head.get();
            } else {
                long seen = position;
                position = head.get();
                if (position == seen) {
                    return null;
                }
            }
        }
    }

    /** Tells whether {@link #poll} would find nothing now. */
    boolean isEmpty() {
        long position = head.get();
        return turns.getAcquire((int) (position % capacity)) != position / capacity * 2 + 1
                && head.get() == position;
    }
}
