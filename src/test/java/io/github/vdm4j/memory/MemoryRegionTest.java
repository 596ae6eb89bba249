package io.github.vdm4j.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.DurabilityDomain;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MemoryRegionTest {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment whole = arena.allocate(100);
    private final List<String> events = new ArrayList<>();

    private MemoryRegion memory(Runnable release) {
        return new MemoryRegion(whole, DurabilityDomain.NONE, null, false, release);
    }

    @Test
    void regionIsFoundFromItsViewsOnly() {
        MemoryRegion memory = memory(arena::close);
        MemorySegment other = arena.allocate(100);
        assertSame(memory, MemoryRegions.find(whole));
        assertSame(memory, MemoryRegions.find(whole.asSlice(99, 1).asReadOnly()));
        assertSame(memory, MemoryRegions.find(whole.asSlice(100, 0)));
        assertNull(MemoryRegions.find(other));
        assertNull(MemoryRegions.find(MemorySegment.ofArray(new byte[10])));
        assertNull(MemoryRegions.find(null));
        memory.close();
        assertNull(MemoryRegions.find(whole));
    }

    @Test
    void regionContainsItsViewsOnly() {
        MemorySegment middle = whole.asSlice(20, 60);
        var region = new MemoryRegion(middle, DurabilityDomain.NONE, null, false, () -> {});
        assertTrue(region.contains(middle));
        assertTrue(region.contains(middle.asSlice(60, 0)));
        assertFalse(region.contains(whole));
        assertFalse(region.contains(whole.asSlice(19, 1)));
        assertFalse(region.contains(whole.asSlice(70, 11)));
        assertFalse(region.contains(MemorySegment.ofAddress(middle.address()).reinterpret(60)));
        region.close();
    }

    @Test
    void rawAddressInAMappingMayLackPages() {
        MemorySegment raw = MemorySegment.ofAddress(whole.address()).reinterpret(100);
        var mapping = new MemoryRegion(raw, DurabilityDomain.PAGE, null, true, () -> {});
        MemoryRegion memory = memory(() -> {});
        assertTrue(MemoryRegions.mayLackPages(raw.asSlice(10, 5)));
        assertFalse(MemoryRegions.mayLackPages(whole));
        assertFalse(MemoryRegions.mayLackPages((MemorySegment) null));
        memory.close();
        assertTrue(MemoryRegions.mayLackPages(raw));
        mapping.close();
        assertFalse(MemoryRegions.mayLackPages(raw));
    }

    @Test
    void closingMemoryIsRegisteredUntilItIsFreed() {
        MemoryRegion[] found = new MemoryRegion[1];
        MemoryRegion memory = memory(() -> {
            found[0] = MemoryRegions.find(whole);
            events.add(found[0] != null && found[0].pin() ? "pinned" : "refused");
            arena.close();
        });
        memory.close();
        assertSame(memory, found[0]);
        assertEquals(List.of("refused"), events);
        assertNull(MemoryRegions.find(whole));
    }

    @Test
    void memoryIsFreedOnce() {
        MemoryRegion memory = memory(() -> events.add("freed"));
        memory.close();
        memory.close();
        assertTrue(memory.tryClose());
        assertEquals(List.of("freed"), events);
    }

    @Test
    void releaseIsRetriedWhileTheJdkUsesTheMemory() {
        MemoryRegion memory = memory(() -> {
            events.add("try");
            if (events.size() < 3) {
                throw new IllegalStateException("Session is acquired by 1 clients");
            }
        });
        assertFalse(memory.tryClose());
        memory.close();
        assertEquals(List.of("try", "try", "try"), events);
        assertTrue(memory.tryClose());
    }

    @Test
    void tryCloseFailsWhileTheMemoryIsPinned() {
        MemoryRegion memory = memory(() -> events.add("freed"));
        assertTrue(memory.pin());
        assertTrue(memory.pin());
        assertFalse(memory.tryClose());
        assertTrue(memory.isOpen());
        assertEquals(2, memory.pins());
        memory.unpin();
        assertFalse(memory.tryClose());
        memory.unpin();
        assertEquals(List.of(), events);
        assertTrue(memory.tryClose());
        assertFalse(memory.pin());
        assertEquals(List.of("freed"), events);
    }

    @Test
    void closePollsOperationsAndRefusesPins() {
        MemoryRegion memory = memory(() -> events.add("freed"));
        assertTrue(memory.pin());
        Runnable finisher = () -> {
            events.add(memory.pin() ? "pinned" : "refused");
            if (events.size() == 3) {
                memory.unpin();
            }
        };
        MemoryRegions.addFinisher(finisher);
        try {
            memory.close();
        } finally {
            MemoryRegions.removeFinisher(finisher);
        }
        assertEquals(List.of("refused", "refused", "refused", "freed"), events);
    }

    @Test
    void regionsArePinnedTogetherOrNotAtAll() {
        var regions = new MemoryRegion[3];
        for (int closed = 0; closed < regions.length; closed++) {
            for (int i = 0; i < regions.length; i++) {
                regions[i] = memory(() -> {});
            }
            regions[closed].close();
            assertFalse(MemoryRegions.pin(regions[0], regions[1], regions[2]));
            for (MemoryRegion region : regions) {
                assertEquals(0, region.pins());
                region.close();
            }
        }
    }
}
