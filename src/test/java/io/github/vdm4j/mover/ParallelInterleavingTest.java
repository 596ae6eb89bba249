package io.github.vdm4j.mover;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.jvm.Parts;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Long and short operations of several users who cancel, drain and close at random. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ParallelInterleavingTest {
    private static final int USERS = 4;
    private static final int ROUNDS = 60;
    private static final int MOST = 6 * (int) Parts.BYTES;

    /** A user that prepares an operation repeatedly and checks its bytes. */
    private record User(ThreadsDataMover mover, VdmOperation[] all, int own, Random random,
            MemorySegment destination) {
        void run() {
            VdmOperation operation = all[own];
            for (int round = 1; round <= ROUNDS; round++) {
                int bytes = random.nextBoolean() ? 1 + random.nextInt(MOST)
                        : 1 + random.nextInt(4_096);
                MemorySegment range = destination.asSlice(random.nextInt(64), bytes);
                byte before = (byte) -round;
                range.fill(before);
                operation.memset(range, (byte) round, VdmFlags.NONE).start();
                switch (random.nextInt(6)) {
                    case 0 -> operation.cancel();
                    case 1 -> mover.drain().await();
                    case 2 -> all[random.nextInt(USERS)].bytesDone();
                    default -> {}
                }
                operation.busyPoll();
                check(operation, range, (byte) round, before);
            }
        }

        private static void check(VdmOperation operation, MemorySegment range, byte after,
                byte before) {
            long done = operation.bytesDone();
            switch (operation.result()) {
                case SUCCESS -> assertEquals(range.byteSize(), done);
                case STOPPED -> assertTrue(done < range.byteSize() && done % Parts.BYTES == 0);
                case CANCELLED, CLOSED -> assertEquals(0, done);
                default -> throw new AssertionError(operation.failure());
            }
            for (long at = 0; at < range.byteSize(); at += 509) {
                assertEquals(at < done ? after : before, range.get(JAVA_BYTE, at));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6})
    void everyOperationWritesItsReportedBytes(int seed) throws Exception {
        try (Arena arena = Arena.ofShared();
                ThreadsDataMover mover = ThreadsDataMover.builder()
                        .threads(1 + seed % 3)
                        .parallelFrom(2 * Parts.BYTES)
                        .open();
                var threads = Executors.newFixedThreadPool(USERS)) {
            VdmOperation[] all = new VdmOperation[USERS];
            List<Future<?>> users = new ArrayList<>();
            for (int i = 0; i < USERS; i++) {
                all[i] = mover.newOperation();
            }
            for (int i = 0; i < USERS; i++) {
                var user = new User(mover, all, i, new Random(seed * 31L + i),
                        arena.allocate(MOST + 64));
                users.add(threads.submit(user::run));
            }
            for (Future<?> user : users) {
                user.get();
            }
            assertEquals(0, mover.counters().inFlight());
            assertEquals(0, mover.pending());
        }
    }
}
