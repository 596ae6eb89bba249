package io.github.vdm4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.mover.ThreadsDataMover;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Copies of the memory of other libraries. */
class OtherMemoryTest {
    private final Arena arena = Arena.ofShared();
    private final Vdm mover = ThreadsDataMover.open();
    private final MemorySegment source = arena.allocate(1_000);
    private final MemorySegment destination = arena.allocate(1_000);

    OtherMemoryTest() {
        for (int i = 0; i < 1_000; i++) {
            source.set(java.lang.foreign.ValueLayout.JAVA_BYTE, i, (byte) (i * 7));
        }
    }

    @AfterEach
    void close() {
        mover.close();
        arena.close();
    }

    /** Returns a mover that begins its copies when the latch opens. */
    private static Vdm copiesAfter(CountDownLatch latch) {
        return ThreadsDataMover.builder().memcpyFunction((to, from, flags) -> {
            try {
                latch.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            to.copyFrom(from);
        }).open();
    }

    @ParameterizedTest
    @MethodSource("byteBuffers")
    void byteBufferIsReadBetweenPositionAndLimit(ByteBuffer buffer) {
        buffer.position(3).limit(503);
        mover.memcpy(OtherMemory.of(buffer), source.asSlice(0, 500)).await();
        assertEquals(500, buffer.remaining());
        buffer.clear();
        assertEquals(0, buffer.get(2));
        for (int i = 0; i < 500; i++) {
            assertEquals((byte) (i * 7), buffer.get(3 + i));
        }
        assertEquals(0, buffer.get(503));
        assertThrows(IllegalArgumentException.class, () -> mover
                .memcpy(OtherMemory.of(buffer.asReadOnlyBuffer()), source));
    }

    static Stream<ByteBuffer> byteBuffers() {
        return Stream.of(ByteBuffer.allocateDirect(1_000), ByteBuffer.allocate(1_000));
    }

    @ParameterizedTest
    @MethodSource("nettyBuffers")
    void nettyBufferIsFilledAndReleasedOnce(ByteBuf buffer) {
        buffer.writeInt(42);
        OtherMemory.fill(mover, buffer, source).join();
        assertEquals(1, buffer.refCnt());
        assertEquals(1_004, buffer.readableBytes());
        assertEquals(42, buffer.readInt());
        byte[] read = new byte[1_000];
        buffer.readBytes(read);
        assertEquals(-1, MemorySegment.ofArray(read).mismatch(source));
        assertTrue(buffer.release());
    }

    static Stream<ByteBuf> nettyBuffers() {
        return Stream.of(
                PooledByteBufAllocator.DEFAULT.directBuffer(16),
                PooledByteBufAllocator.DEFAULT.heapBuffer(16),
                UnpooledByteBufAllocator.DEFAULT.directBuffer(16),
                Unpooled.buffer());
    }

    @Test
    void nettyBufferOutlivesTheReleaseOfItsUser() {
        var busy = new CountDownLatch(1);
        ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(2_000);
        try (Vdm late = copiesAfter(busy)) {
            var filled = OtherMemory.fill(late, buffer, source);
            assertFalse(buffer.release(), "the copy holds it");
            busy.countDown();
            filled.join();
        }
        assertEquals(0, buffer.refCnt());
    }

    @Test
    void nettyBufferOfARefusedCopyIsReleased() {
        ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(2_000);
        mover.close();
        assertThrows(IllegalStateException.class, () -> OtherMemory.fill(mover, buffer, source));
        assertTrue(buffer.release(), "no reference was lost");
    }

    @ParameterizedTest
    @MethodSource("agronaBuffers")
    void agronaBufferIsReadFromItsAdjustment(DirectBuffer buffer) {
        assertEquals(500, OtherMemory.of(buffer).byteSize());
        mover.memcpy(OtherMemory.of(buffer), source.asSlice(0, 500)).await();
        for (int i = 0; i < 500; i++) {
            assertEquals((byte) (i * 7), buffer.getByte(i));
        }
    }

    static Stream<DirectBuffer> agronaBuffers() {
        MemorySegment raw = Arena.global().allocate(500);
        ByteBuffer limited = ByteBuffer.allocateDirect(1_000);
        limited.position(400).limit(410);
        return Stream.of(
                new UnsafeBuffer(ByteBuffer.allocateDirect(1_000), 100, 500),
                new UnsafeBuffer(limited, 100, 500),
                new UnsafeBuffer(ByteBuffer.allocate(1_000), 100, 500),
                new UnsafeBuffer(new byte[1_000], 100, 500),
                new UnsafeBuffer(BufferUtil.allocateDirectAligned(500, 64)),
                new UnsafeBuffer(raw.address(), 500));
    }

    @Test
    void arrowBufferIsCopiedAndReleasedOnce() {
        try (BufferAllocator allocator = new RootAllocator()) {
            ArrowBuf buffer = allocator.buffer(1_000);
            for (int i = 0; i < 1_000; i++) {
                buffer.setByte(i, (byte) (i * 7));
            }
            var busy = new CountDownLatch(1);
            try (Vdm late = copiesAfter(busy)) {
                var copied = OtherMemory.copy(late, destination, buffer);
                buffer.close(); // The copy holds it.
                assertEquals(1, buffer.refCnt());
                busy.countDown();
                copied.join();
            }
            assertEquals(-1, destination.mismatch(source));
            assertEquals(0, allocator.getAllocatedMemory());
        }
    }

    @Test
    void rawAddressHasTheGivenLength() {
        MemorySegment raw = OtherMemory.at(source.address(), 700);
        mover.memcpy(destination.asSlice(0, 700), raw).await();
        assertEquals(-1, destination.asSlice(0, 700).mismatch(source.asSlice(0, 700)));
        assertEquals(0, MemorySegment.ofAddress(source.address()).byteSize());
    }
}
