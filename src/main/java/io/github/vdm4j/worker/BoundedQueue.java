package io.github.vdm4j.worker;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A queue of any fixed capacity for many producers and consumers, without locks and without
 * allocation: each place says whose turn it is, and whoever claims a position waits for nobody.
 *
 * @param <E> the type of the elements
 */
final class BoundedQueue<E> {
    private static final VarHandle TURN;

    static {
        try {
            TURN = MethodHandles.lookup().findVarHandle(Place.class, "turn", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /**
     * Turn and element lie side by side: a hand-over moves one cache line between the processors,
     * not two. The turn is twice the position to be written here next, and one more while that
     * waits to be read.
     */
    private static final class Place {
        volatile long turn;
        Object element;

        Place(long turn) {
            this.turn = turn;
        }
    }

    private final Place[] places;

    /** What makes an index of a position where the capacity is a power of two; else -1. */
    private final int mask;

    // Far enough from one another not to share a cache line: each is written by the other side's
    // threads.
    private final AtomicLong head = new AtomicLong();
    private final AtomicLong tail;

    BoundedQueue(int capacity) {
        places = new Place[capacity];
        mask = Integer.bitCount(capacity) == 1 ? capacity - 1 : -1;
        for (int i = 0; i < capacity; i++) {
            places[i] = new Place(2L * i);
        }
        tail = new AtomicLong();
    }

    int capacity() {
        return places.length;
    }

    private Place at(long position) {
        return places[mask >= 0 ? (int) position & mask : (int) (position % places.length)];
    }

    /** How many elements have ever been added. */
    long added() {
        return tail.get();
    }

    /** How many elements have ever been taken: the position that the next is taken from. */
    long taken() {
        return head.get();
    }

    /** Adds an element at the end; false if the queue is full. */
    boolean offer(E element) {
        long position = tail.get();
        while (true) {
            Place place = at(position);
            if ((long) TURN.getAcquire(place) == 2 * position) {
                if (tail.compareAndSet(position, position + 1)) {
                    place.element = element;
                    TURN.setRelease(place, 2 * position + 1);
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
    @SuppressWarnings("unchecked") // only offer puts elements in
    E poll() {
        long position = head.get();
        while (true) {
            Place place = at(position);
            if ((long) TURN.getAcquire(place) == 2 * position + 1) {
                if (head.compareAndSet(position, position + 1)) {
                    E element = (E) place.element;
                    place.element = null;
                    TURN.setRelease(place, 2 * (position + places.length));
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
        return (long) TURN.getAcquire(at(position)) != 2 * position + 1 && head.get() == position;
    }
}
