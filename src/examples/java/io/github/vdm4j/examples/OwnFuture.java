package io.github.vdm4j.examples;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.future.FutureChain;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.PollTask;
import io.github.vdm4j.future.PollableFuture;
import io.github.vdm4j.mover.ThreadsDataMover;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** A user's own future for a checksum. Each poll advances the checksum by a piece. */
public final class OwnFuture {
    private static final int PIECE = 64 << 10;

    static PollableFuture<Long> crc32c(MemorySegment data) {
        ByteBuffer rest = data.asByteBuffer();
        CRC32C crc = new CRC32C();
        PollTask<Long> task = (notifier, sink) -> {
            int length = Math.min(PIECE, rest.remaining());
            crc.update(rest.slice(rest.position(), length));
            rest.position(rest.position() + length);
            if (rest.hasRemaining()) {
                return FutureState.RUNNING;
            }
            sink.output(crc.getValue());
            return FutureState.COMPLETE;
        };
        return task.toFuture();
    }

    /** Copies, then prints the checksum of the copy. */
    public static void main(String[] args) {
        try (Arena arena = Arena.ofShared(); Vdm mover = ThreadsDataMover.open()) {
            MemorySegment source = arena.allocate(1 << 20).fill((byte) 9);
            MemorySegment destination = arena.allocate(1 << 20);
            long checksum =
                    FutureChain.of(mover.memcpy(destination, source))
                            .then(copied -> crc32c(copied.destination()))
                            .await();
            System.out.println("CRC-32C %08x".formatted(checksum));
        }
    }
}
