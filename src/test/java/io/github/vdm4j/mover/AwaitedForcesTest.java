package io.github.vdm4j.mover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmException;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.machine.LibraryThread;
import io.github.vdm4j.memory.WriteBackLog;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests of the thread that forces an awaited operation of an asynchronous mover. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AwaitedForcesTest {
    @TempDir private Path folder;

    private final WriteBackLog log = new WriteBackLog();
    private final List<Thread> forcing = new CopyOnWriteArrayList<>();
    private final CountDownLatch begun = new CountDownLatch(1);
    private CountDownLatch answer = new CountDownLatch(0);
    private Vdm mover;
    private OffHeapBuffer file;

    @BeforeEach
    void open() throws IOException {
        mover = JvmMovers.threads(log.engines(false), 1);
        file = OffHeapBuffer.map(folder.resolve("file"), 0, 1 << 20);
        log.storage(range -> {
            forcing.add(Thread.currentThread());
            begun.countDown();
            try {
                assertTrue(answer.await(30, TimeUnit.SECONDS), "the test did not answer");
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        });
    }

    @AfterEach
    void close() {
        answer.countDown();
        mover.close();
        file.close();
    }

    private VdmFuture<?> copy(int number) {
        return mover.memcpy(file.slice(number * 4_096L, 400), Arena.ofAuto().allocate(400),
                VdmFlags.MEM_DURABLE);
    }

    private void assertForcedByTheLibrary(int times) {
        assertEquals(times, forcing.size());
        assertTrue(forcing.stream().allMatch(LibraryThread.class::isInstance), forcing::toString);
    }

    @Test
    void awaitForcesOnItsPlatformThread() {
        copy(0).await();
        copy(1).busyPoll();
        assertEquals(List.of(Thread.currentThread(), Thread.currentThread()), forcing);
    }

    @Test
    void awaitForcesTheEndOfABatch() {
        mover.batch()
                .memset(file.slice(0, 400), (byte) 1, VdmFlags.MEM_DURABLE)
                .memset(file.slice(400, 400), (byte) 2, VdmFlags.MEM_DURABLE)
                .submit()
                .await()
                .orThrow();
        assertEquals(List.of(Thread.currentThread()), forcing);
    }

    @Test
    void limitedWaitForcesElsewhere() throws InterruptedException {
        copy(0).await(Duration.ofSeconds(30));
        copy(1).awaitInterruptibly();
        assertForcedByTheLibrary(2);
    }

    @Test
    void virtualThreadForcesElsewhere() throws InterruptedException {
        Thread.startVirtualThread(() -> copy(0).await()).join();
        assertForcedByTheLibrary(1);
    }

    @Test
    void operationThatWasPolledIsForcedElsewhere() {
        VdmFuture<?> copy = copy(0);
        copy.poll();
        copy.await();
        assertForcedByTheLibrary(1);
    }

    @Test
    void awaitFollowsTheLeader() throws InterruptedException {
        answer = new CountDownLatch(1);
        VdmFuture<?> first = copy(0);
        first.poll();
        begun.await();
        Thread user = Thread.ofPlatform().start(() -> copy(1).await());
        while (user.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        answer.countDown();
        user.join();
        first.await();
        assertForcedByTheLibrary(2);
    }

    @Test
    void libraryForcesRequestsOfTheMeantime() throws InterruptedException {
        answer = new CountDownLatch(1);
        Thread user = Thread.ofPlatform().start(() -> copy(0).await());
        begun.await();
        VdmFuture<?> second = copy(1);
        second.poll();
        answer.countDown();
        second.await();
        user.join();
        assertSame(user, forcing.get(0));
        assertTrue(forcing.get(1) instanceof LibraryThread, forcing::toString);
    }

    @Test
    void callbackMayWaitForAVirtualThreadOfItsGroup() throws Exception {
        answer = new CountDownLatch(1);
        VdmFuture<?> first = copy(0);
        first.poll();
        begun.await();
        var continued = new CountDownLatch(1);
        Thread waiter = Thread.startVirtualThread(() -> {
            copy(1).await();
            continued.countDown();
        });
        while (waiter.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        CompletableFuture<Boolean> callback =
                copy(2).toCompletableFuture(Runnable::run).thenApply(output -> {
                    try {
                        return continued.await(10, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                });
        answer.countDown();
        assertTrue(callback.get(), "the waiter of the same group did not continue");
        first.await();
    }

    @Test
    void failedForceFailsTheAwait() {
        log.fail(new IOException("planned"));
        VdmFuture<?> copy = copy(0);
        assertEquals(VdmResult.IO_ERROR,
                assertThrows(VdmException.class, copy::await).result());
    }
}
