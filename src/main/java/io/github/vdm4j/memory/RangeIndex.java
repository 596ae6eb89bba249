package io.github.vdm4j.memory;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.BiPredicate;

/**
 * An index of address ranges. The time of a look-up does not depend on the number of ranges.
 *
 * <p>A range of up to 2^n bytes lies in at most two aligned blocks of 2^n bytes. The index has an
 * entry for each of these blocks. A look-up visits a block of each size in use. Ranges may overlap.
 * Readers take no lock. The owner of the index serializes the writers.
 */
final class RangeIndex<T> {
    /** A range in the chain of a block. */
    private static final class Node<T> {
        final int level;
        final long block;
        final long start;
        final long end;
        final long order;
        final T value;
        /** An older node. A reader during a removal may still see the removed node. */
        Node<T> next;

        Node(int level, long block, long start, long end, long order, T value, Node<T> next) {
            this.level = level;
            this.block = block;
            this.start = start;
            this.end = end;
            this.order = order;
            this.value = value;
            this.next = next;
        }
    }

    private final BiPredicate<T, Object> matches;

    private volatile AtomicReferenceArray<Node<T>> chains = new AtomicReferenceArray<>(4);

    /** A set of block sizes. Bit n is set while blocks of 2^n bytes are in use. */
    private volatile long levels;

    private final int[] nodesOfLevel = new int[Long.SIZE];
    private int nodes;
    private long added;

    /** The predicate decides whether a look-up with a key may return a value. */
    RangeIndex(BiPredicate<T, Object> matches) {
        this.matches = matches;
    }

    boolean isEmpty() {
        return nodes == 0;
    }

    /** Includes the address behind the range, because an empty slice may begin there. */
    private static int level(long start, long end) {
        return Long.SIZE - Long.numberOfLeadingZeros(end - start);
    }

    private static int place(int level, long block, int places) {
        long hash = (block * 0x9E3779B97F4A7C15L) + level;
        return (int) (hash ^ hash >>> 32) & places - 1;
    }

    /** Returns the oldest value whose range covers all bytes, or null. */
    T find(long address, long length, Object key) {
        AtomicReferenceArray<Node<T>> all = chains;
        Node<T> found = null;
        for (long rest = levels; rest != 0; rest &= rest - 1) {
            int level = Long.numberOfTrailingZeros(rest);
            long block = address >>> level;
            Node<T> node = all.get(place(level, block, all.length()));
            for (; node != null; node = node.next) {
                if (node.block == block
                        && node.level == level
                        && node.start <= address
                        && address + length <= node.end
                        && (found == null || node.order < found.order)
                        && matches.test(node.value, key)) {
                    found = node;
                }
            }
        }
        return found == null ? null : found.value;
    }

    /** Adds a range. If the heap is full, the method throws and adds nothing. */
    void add(long address, long length, T value) {
        long end = address + length;
        int level = level(address, end);
        if (nodes + 2 > chains.length()) {
            enlarge();
        }
        AtomicReferenceArray<Node<T>> into = chains;
        long firstBlock = address >>> level;
        long lastBlock = end >>> level;
        int firstPlace = place(level, firstBlock, into.length());
        int lastPlace = place(level, lastBlock, into.length());
        var first = new Node<>(level, firstBlock, address, end, added, value, into.get(firstPlace));
        Node<T> last = firstBlock == lastBlock
                ? null
                : new Node<>(level, lastBlock, address, end, added, value,
                        firstPlace == lastPlace ? first : into.get(lastPlace));
        into.set(firstPlace, first);
        if (last != null) {
            into.set(lastPlace, last);
        }
        int count = last == null ? 1 : 2;
        nodes += count;
        nodesOfLevel[level] += count;
        added++;
        levels |= 1L << level;
    }

    private void enlarge() {
        var larger = new AtomicReferenceArray<Node<T>>(2 * chains.length());
        for (int i = 0; i < chains.length(); i++) {
            for (Node<T> node = chains.get(i); node != null; node = node.next) {
                int place = place(node.level, node.block, larger.length());
                larger.set(place, new Node<>(node.level, node.block, node.start, node.end,
                        node.order, node.value, larger.get(place)));
            }
        }
        chains = larger;
    }

    /** Removes a range. The method allocates nothing, because the heap may be full. */
    void remove(long address, long length, T value) {
        long end = address + length;
        int level = level(address, end);
        for (long block = address >>> level; block <= end >>> level; block++) {
            int place = place(level, block, chains.length());
            Node<T> before = null;
            for (Node<T> node = chains.get(place); node != null; node = node.next) {
                if (node.value != value || node.block != block || node.level != level) {
                    before = node;
                    continue;
                }
                if (before == null) {
                    chains.set(place, node.next);
                } else {
                    before.next = node.next;
                }
                nodes--;
                nodesOfLevel[level]--;
            }
        }
        if (nodesOfLevel[level] == 0) {
            levels &= ~(1L << level);
        }
    }
}
