package io.github.vdm4j.engine.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.dsa.portal.DsaChannel;
import io.github.vdm4j.dsa.portal.DsaStatus;
import io.github.vdm4j.dsa.portal.MoverQueue;
import io.github.vdm4j.dsa.portal.OpenQueue;
import io.github.vdm4j.dsa.portal.Portal;
import io.github.vdm4j.dsa.portal.QueueTraits;
import io.github.vdm4j.dsa.portal.Submission;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A slot of a failed operation that the device still uses. */
class SetAsideTest {
    private static final long MIB = 1 << 20;
    private static final byte SUCCESS = 1;

    private final List<Submission> accepted = new ArrayList<>();
    private int room = 1;

    /** A queue with room for a number of descriptors. */
    private final class SmallPortal implements Portal {
        @Override
        public int submit(Submission submission) {
            if (room == 0) {
                return DsaStatus.EAGAIN;
            }
            room--;
            accepted.add(submission);
            return 0;
        }

        @Override
        public void reopen() {
            throw new AssertionError("not asked for");
        }

        @Override
        public void close() {
            room = 0;
        }
    }

    private MoverQueue queue(String name) throws IOException {
        OpenQueue open = OpenQueue.acquire(Path.of("/nowhere", name), 0, node -> new SmallPortal());
        return new MoverQueue(open,
                new QueueTraits(name, name, -1, -1, -1, MIB, 16, 16, true, false),
                System::nanoTime);
    }

    @Test
    void deviceReceivesNothingMoreOfAFailedOperation() throws IOException {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(2 * MIB);
            var channel = new DsaChannel(List.of(queue("wq8.0"), queue("wq9.0")), null, false, true,
                    1_000_000_000L);
            var pool = new SlotPool(channel, 1);
            Slot slot = pool.take();
            assertNotNull(slot);
            MemorySegment to = memory.asSlice(0, MIB);
            MemorySegment from = memory.asSlice(MIB);
            Part part = slot.part().move(to.address(), from.address(), MIB, 0);
            assertEquals(Slot.OK, slot.submit(part, to, from, null));
            assertEquals(1, accepted.size());
            pool.setAside(slot); // The engine has failed between two polls.
            assertEquals(1, pool.collectOverdue());
            long record = accepted.getFirst().descriptor().address() + Descriptor.BYTES;
            MemorySegment.ofAddress(record).reinterpret(1).set(ValueLayout.JAVA_BYTE, 0, SUCCESS);
            room = 1;
            assertEquals(0, pool.collectOverdue());
            assertEquals(1, accepted.size());
            assertTrue(pool.tryClose());
        }
    }
}
