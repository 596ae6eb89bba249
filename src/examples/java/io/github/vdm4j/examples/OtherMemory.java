package io.github.vdm4j.examples;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.mover.ThreadsDataMover;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.agrona.DirectBuffer;
import org.apache.arrow.memory.ArrowBuf;

/** Passes the memory of other libraries to a mover. */
public final class OtherMemory {
    /** The bytes between position and limit. The segment keeps the buffer reachable. */
    static MemorySegment of(ByteBuffer buffer) {
        return MemorySegment.ofBuffer(buffer);
    }

    /** Fills a Netty buffer. Netty does not free it before the copy is complete. */
    static CompletableFuture<VdmOutput> fill(Vdm mover, ByteBuf buffer, MemorySegment source) {
        int length = Math.toIntExact(source.byteSize());
        int index = buffer.ensureWritable(length).writerIndex();
        MemorySegment to = MemorySegment.ofBuffer(buffer.nioBuffer(index, length));
        var copy = mover.memcpy(to, source); // throws if an argument is invalid
        buffer.retain();
        return copy.toCompletableFuture()
                .whenComplete((done, failure) -> {
                    if (failure == null) {
                        buffer.writerIndex(index + length);
                    }
                    buffer.release();
                });
    }

    /** The bytes of an Agrona buffer, on or off the heap. */
    static MemorySegment of(DirectBuffer buffer) {
        if (buffer.byteArray() != null) {
            return MemorySegment.ofArray(buffer.byteArray())
                    .asSlice(buffer.wrapAdjustment(), buffer.capacity());
        }
        if (buffer.byteBuffer() != null) {
            return MemorySegment.ofBuffer(buffer.byteBuffer().duplicate().clear())
                    .asSlice(buffer.wrapAdjustment(), buffer.capacity());
        }
        return at(buffer.addressOffset(), buffer.capacity());
    }

    /** Empties an Arrow buffer. Arrow does not free it before the copy is complete. */
    static CompletableFuture<VdmOutput> copy(Vdm mover, MemorySegment destination,
            ArrowBuf buffer) {
        MemorySegment from = at(buffer.memoryAddress(), destination.byteSize());
        var copy = mover.memcpy(destination, from);
        buffer.getReferenceManager().retain();
        return copy.toCompletableFuture()
                .whenComplete((done, failure) -> buffer.getReferenceManager().release());
    }

    /** Memory at a raw address. Java cannot check the address or the length. */
    static MemorySegment at(long address, long length) {
        return MemorySegment.ofAddress(address).reinterpret(length);
    }

    /** Copies through a Netty buffer. */
    public static void main(String[] args) {
        ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(64);
        try (Arena arena = Arena.ofShared(); Vdm mover = ThreadsDataMover.open()) {
            MemorySegment source = arena.allocate(100).fill((byte) 5);
            fill(mover, buffer, source).join();
            System.out.println(buffer.readableBytes() + " bytes, the last one is "
                    + buffer.getByte(99) + ", references: " + buffer.refCnt());
        } finally {
            buffer.release();
        }
    }
}
