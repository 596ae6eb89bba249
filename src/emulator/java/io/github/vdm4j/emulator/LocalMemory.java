package io.github.vdm4j.emulator;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The memory of this process, for a device in the same process. A test can remove pages.
 *
 * <p>If a client passes a wrong address, the JVM ends, because the device accesses the memory
 * directly. A lost page of a truncated file is missing memory.
 */
public final class LocalMemory implements ClientMemory {
    private static final VarHandle STATUS = ValueLayout.JAVA_BYTE.varHandle();

    /** A byte that nothing uses. The JIT would remove an access with an unused value. */
    private static byte lastRead;

    private final Map<Long, Integer> missing = new HashMap<>();
    private final Set<Long> unmapped = new HashSet<>();

    /**
     * Removes a page until completion records have reported a number of faults. After them, the
     * page is present again, like after a touch by the client.
     */
    public synchronized void losePage(long address, int faults) {
        missing.put(page(address), faults);
    }

    /** Removes a page for ever. No page request brings it in. */
    public synchronized void unmap(long address) {
        unmapped.add(page(address));
    }

    @Override
    public synchronized long present(long address, long length, boolean write) {
        if (missing.isEmpty() && unmapped.isEmpty()) {
            return length;
        }
        for (long at = address; at < address + length; at = page(at) + PAGE) {
            if (missing.containsKey(page(at)) || unmapped.contains(page(at))) {
                return at - address;
            }
        }
        return length;
    }

    @Override
    public synchronized boolean resolve(long address, boolean write) {
        missing.remove(page(address));
        return !unmapped.contains(page(address));
    }

    @Override
    public synchronized void faultReported(long address) {
        missing.computeIfPresent(page(address), (page, faults) -> faults > 1 ? faults - 1 : null);
    }

    @Override
    public void read(long address, byte[] bytes) throws MemoryFault {
        access(address, bytes.length, false, () -> MemorySegment.copy(at(address, bytes.length),
                ValueLayout.JAVA_BYTE, 0, bytes, 0, bytes.length));
    }

    @Override
    public void write(long address, byte[] bytes) throws MemoryFault {
        access(address, bytes.length, true, () -> MemorySegment.copy(bytes, 0,
                at(address, bytes.length), ValueLayout.JAVA_BYTE, 0, bytes.length));
    }

    @Override
    public void copy(long from, long to, long length) throws MemoryFault {
        check(from, length, false);
        check(to, length, true);
        try {
            MemorySegment.copy(at(from, length), 0, at(to, length), 0, length);
            deliverFault();
        } catch (InternalError e) {
            ClientMemory.super.copy(from, to, length); // This finds the lost page.
        }
    }

    @Override
    public void writeRecord(long address, byte[] bytes) throws MemoryFault {
        access(address, bytes.length, true, () -> {
            MemorySegment record = at(address, bytes.length);
            MemorySegment.copy(bytes, 1, record, ValueLayout.JAVA_BYTE, 1, bytes.length - 1);
            STATUS.setRelease(record, 0L, bytes[0]);
        });
    }

    /** The JVM throws an error for a page of a truncated file. */
    private void access(long address, long length, boolean write, Runnable copy)
            throws MemoryFault {
        check(address, length, write);
        try {
            copy.run();
            deliverFault();
        } catch (InternalError e) {
            throw new MemoryFault(firstLost(address, length), write);
        }
    }

    /** Returns the first address of a range whose page is lost. */
    private static long firstLost(long address, long length) {
        for (long at = address; at < address + length; at = page(at) + PAGE) {
            try {
                lastRead = at(at, 1).get(ValueLayout.JAVA_BYTE, 0);
                deliverFault();
            } catch (InternalError e) {
                return at;
            }
        }
        return address;
    }

    /** The JVM throws a pending error when a native method returns. */
    private static void deliverFault() {
        Thread.holdsLock(STATUS);
    }

    private void check(long address, long length, boolean write) throws MemoryFault {
        long present = present(address, length, write);
        if (present < length) {
            throw new MemoryFault(address + present, write);
        }
    }

    private static MemorySegment at(long address, long length) {
        return MemorySegment.ofAddress(address).reinterpret(length);
    }

    private static long page(long address) {
        return address & -PAGE;
    }
}
