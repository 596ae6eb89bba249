package io.github.vdm4j.dsa.portal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.dml.ChildJvm;
import io.github.vdm4j.engine.channel.Descriptor;
import io.github.vdm4j.engine.channel.Opcode;
import io.github.vdm4j.machine.Seam;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("An open queue")
class OpenQueueTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** The ways to write to a device file. */
    enum Way implements Portal.Opener {
        WRITE {
            @Override
            public Portal open(Path node) throws IOException {
                return new WritePortal(node);
            }
        },
        CHANNEL {
            @Override
            public Portal open(Path node) throws IOException {
                return new ChannelPortal(node);
            }
        }
    }

    /** A portal with a planned answer. It closes when the test allows it. */
    private static final class FakePortal implements Portal {
        private final CountDownLatch mayClose = new CountDownLatch(1);
        private final CountDownLatch closed = new CountDownLatch(1);
        private int answer;
        private int submissions;

        @Override
        public int submit(Submission memory) {
            submissions++;
            return answer;
        }

        @Override
        public void reopen() {
            throw new AssertionError("not asked for");
        }

        @Override
        public void close() {
            try {
                mayClose.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            closed.countDown();
        }
    }

    @TempDir Path folder;

    private final Submission memory = new Submission(Arena.ofAuto().allocate(Submission.BYTES, 64));
    private final List<FakePortal> opened = new ArrayList<>();
    private Path node;

    @BeforeEach
    void createFile() throws IOException {
        node = Files.createFile(folder.resolve("wq0.0"));
    }

    private FakePortal openFake(Path path) {
        opened.add(new FakePortal());
        return opened.getLast();
    }

    private void write(int opcode) {
        Descriptor.put(memory.descriptor(), 0, Descriptor.head(opcode, 0), 64, 128, 64, 0, 0, 0);
    }

    @ParameterizedTest
    @EnumSource
    void writesTheDescriptor(Way way) throws IOException {
        OpenQueue queue = OpenQueue.acquire(node, 0, way);
        write(Opcode.MEM_MOVE);
        assertEquals(0, queue.submit(memory));
        write(Opcode.NOP);
        assertEquals(0, queue.submit(memory));
        assertTrue(queue.release(SECOND));
        byte[] written = Files.readAllBytes(node);
        assertEquals(128, written.length);
        assertEquals(Opcode.MEM_MOVE, written[7]);
        assertArrayEquals(memory.descriptor().toArray(ValueLayout.JAVA_BYTE),
                Arrays.copyOfRange(written, 64, 128));
    }

    @ParameterizedTest
    @EnumSource
    void interruptLosesNoSubmission(Way way) throws IOException {
        OpenQueue queue = OpenQueue.acquire(node, 0, way);
        Thread.currentThread().interrupt();
        assertEquals(0, queue.submit(memory));
        assertTrue(Thread.interrupted());
        assertEquals(0, queue.submit(memory));
        queue.release(SECOND);
        assertEquals(128, Files.size(node));
    }

    @Test
    void refusalIsTheNegativeErrorNumber() throws IOException {
        OpenQueue full = OpenQueue.acquire(Path.of("/dev/full"), 0, Way.WRITE);
        assertEquals(-28, full.submit(memory)); // ENOSPC
        full.release(SECOND);
    }

    @ParameterizedTest
    @EnumSource
    void openingNamesTheReason(Way way) {
        Path missing = folder.resolve("wq9.9");
        var e = assertThrows(IOException.class, () -> OpenQueue.acquire(missing, 0, way));
        assertTrue(e.toString().contains(way == Way.WRITE ? "No such file" : "NoSuchFile"),
                e::toString);
    }

    @Test
    void lastUserCloses() throws IOException {
        OpenQueue one = OpenQueue.acquire(node, 0, this::openFake);
        OpenQueue two = OpenQueue.acquire(folder.resolve("./wq0.0"), 0, this::openFake);
        assertSame(one, two);
        opened.getFirst().mayClose.countDown();
        assertTrue(one.release(SECOND));
        assertEquals(1, opened.getFirst().closed.getCount());
        assertTrue(two.release(SECOND));
        assertEquals(0, opened.getFirst().closed.getCount());
        OpenQueue again = OpenQueue.acquire(node, 0, this::openFake);
        assertNotSame(one, again);
        assertEquals(2, opened.size());
        opened.getLast().mayClose.countDown();
        again.release(SECOND);
    }

    @Test
    void closeIsBoundedAndEndsLater() throws Exception {
        OpenQueue queue = OpenQueue.acquire(node, 0, this::openFake);
        assertFalse(queue.release(1_000));
        FakePortal portal = opened.getFirst();
        assertEquals(1, portal.closed.getCount());
        portal.mayClose.countDown();
        assertTrue(portal.closed.await(10, TimeUnit.SECONDS));
    }

    @Test
    void dedicatedQueueIsNeverOverfilled() throws IOException {
        OpenQueue queue = OpenQueue.acquire(node, 2, this::openFake);
        FakePortal portal = opened.getFirst();
        portal.mayClose.countDown();
        assertEquals(0, queue.submit(memory));
        assertEquals(0, queue.submit(memory));
        assertEquals(DsaStatus.EAGAIN, queue.submit(memory));
        assertEquals(2, portal.submissions);
        memory.returnCredit();
        portal.answer = DsaStatus.ENODEV;
        assertEquals(DsaStatus.ENODEV, queue.submit(memory));
        portal.answer = 0;
        assertEquals(0, queue.submit(memory), "the refused submission kept its credit");
        assertEquals(DsaStatus.EAGAIN, queue.submit(memory));
        queue.release(SECOND);
    }

    @ParameterizedTest
    @EnumSource
    void reopenWritesToTheNewFile(Way way) throws IOException {
        OpenQueue queue = OpenQueue.acquire(node, 0, way);
        Path old = Files.move(node, folder.resolve("old"));
        queue.reopen(); // The old file stays open, because the new file is missing.
        awaitReopened(queue);
        assertEquals(0, queue.submit(memory));
        Files.createFile(node);
        queue.reopen();
        awaitReopened(queue);
        assertEquals(0, queue.submit(memory));
        queue.release(SECOND);
        assertEquals(64, Files.size(old));
        assertEquals(64, Files.size(node));
    }

    private static void awaitReopened(OpenQueue queue) {
        while (queue.isReopening()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void submissionAllocatesNothing() {
        ChildJvm child = ChildJvm.onClassPath(Duration.ofMinutes(1),
                List.of("-Xint", "--enable-native-access=ALL-UNNAMED"),
                InterpretedSubmissions.class);
        assertEquals("0", child.output(), "bytes of the library for "
                + InterpretedSubmissions.ROUNDS + " submissions");
    }

    /** Runs work on a system that starts no further thread. */
    private static void withoutThreads(Runnable work) {
        Seam.install((Seam.Scheduler) Proxy.newProxyInstance(Seam.class.getClassLoader(),
                new Class<?>[]{Seam.Scheduler.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("register")) {
                        throw new OutOfMemoryError("no further thread");
                    }
                    return method.getName().equals("nanoTime") ? (Object) System.nanoTime() : false;
                }));
        try {
            work.run();
        } finally {
            Seam.install(null);
        }
    }

    @Test
    void callerClosesTheFileIfNoThreadCan() throws IOException {
        OpenQueue queue = OpenQueue.acquire(node, 0, this::openFake);
        opened.getFirst().mayClose.countDown();
        withoutThreads(() -> assertTrue(queue.release(SECOND)));
        assertEquals(0, opened.getFirst().closed.getCount());
    }

    @Test
    void queueIsNotReopeningIfNoThreadCanOpenIt() throws IOException {
        OpenQueue queue = OpenQueue.acquire(node, 0, this::openFake);
        withoutThreads(queue::reopen);
        assertFalse(queue.isReopening());
        opened.getFirst().mayClose.countDown();
        assertTrue(queue.release(SECOND));
    }
}
