package io.github.vdm4j.memory;

/** A program that adds ranges to an index, and removes ranges from it, while the heap is full. */
final class FullHeapRanges {
    static final String WORKS = "every range was added or rejected as a whole";
    private static final long START = 4_000;
    private static final long LENGTH = 200; // This range lies in two blocks of 256 bytes.

    /** The links of a list that fills the heap. */
    private record Link(Link next) {}

    private static volatile Link links;

    private FullHeapRanges() {}

    /** Fills the heap, except for some links. */
    private static void fill(int spare) {
        // The heap is not full after the first errors, because the JVM frees their memory.
        for (int errors = 0; errors < 10;) {
            try {
                links = new Link(links);
            } catch (OutOfMemoryError e) {
                errors++;
            }
        }
        for (int i = 0; i < spare; i++) {
            links = links.next;
        }
    }

    /** Returns whether the heap had the memory to add a range. */
    private static boolean addRange(int spare) {
        var index = new RangeIndex<String>((value, key) -> true);
        index.add(0, 10, "first");
        boolean added = false;
        fill(spare);
        try {
            index.add(START, LENGTH, "range");
            added = true;
        } catch (OutOfMemoryError e) {
            // The index must not contain any block of the range.
        } finally {
            links = null;
        }
        for (long address = START; address < START + LENGTH; address++) {
            if (added != (index.find(address, 1, null) != null)) {
                throw new AssertionError(added + " at " + address + ", spare: " + spare);
            }
        }
        fill(0);
        try {
            index.remove(START, LENGTH, "range");
            index.remove(0, 10, "first");
        } finally {
            links = null;
        }
        if (!index.isEmpty()) {
            throw new AssertionError("not empty, spare: " + spare);
        }
        return added;
    }

    public static void main(String[] arguments) {
        int rejected = 0;
        while (!addRange(rejected)) {
            rejected++;
        }
        System.out.println(rejected > 0 ? WORKS : "the heap was never full");
    }
}
