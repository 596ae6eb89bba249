package io.github.vdm4j.dml;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.github.vdm4j.AbstractDataMover;
import io.github.vdm4j.BatchResult;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.future.FutureTimeoutException;
import io.github.vdm4j.operation.Crc32c;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.zip.CRC32C;

/** A thread of a {@link Soak}. It checks each of its operations byte for byte. */
final class SoakUser implements Runnable {
    private static final int LARGEST = 64 << 10;

    private final Soak soak;
    private final SplittableRandom random;
    private final Map<VdmResult, Long> results = new EnumMap<>(VdmResult.class);
    private final Map<VdmOperationType, Long> types = new EnumMap<>(VdmOperationType.class);
    private final byte[] expected = new byte[LARGEST];
    private OffHeapBuffer source;
    private OffHeapBuffer destination;
    private int opened;
    private int closed;
    private long bytes;
    private long refused;
    private long cancelled;
    private long dropped;
    private long timeouts;
    private volatile long lastSign = System.nanoTime();
    private volatile String doing = "nothing yet";

    SoakUser(Soak soak, SplittableRandom random) {
        this.soak = soak;
        this.random = random;
    }

    @Override
    public void run() {
        try {
            while (!soak.hasEnded()) {
                prepareMemory();
                AbstractDataMover mover = null;
                for (int i = random.nextInt(200); i >= 0 && !soak.hasEnded(); i--) {
                    if (mover == null || random.nextInt(20) == 0 || mover.isClosed()) {
                        mover = soak.mover(random.nextInt(soak.slots()));
                    }
                    attempt(mover);
                    lastSign = System.nanoTime();
                }
                closeMemory();
            }
        } catch (Throwable e) {
            soak.fail(new AssertionError(doing, e));
        }
    }

    private void prepareMemory() {
        source = OffHeapBuffer.allocate(LARGEST);
        destination = OffHeapBuffer.allocate(LARGEST);
        opened += 2;
        for (int i = 0; i < LARGEST; i += 7) {
            source.segment().set(JAVA_BYTE, i, (byte) random.nextInt());
        }
    }

    /** Closes the memory. The call waits for dropped operations. */
    private void closeMemory() {
        source.close();
        destination.close();
        closed += 2;
    }

    private void attempt(AbstractDataMover mover) {
        int length = 1 + random.nextInt(1 << random.nextInt(1, 17)) % LARGEST;
        int at = random.nextInt(LARGEST - length + 1);
        MemorySegment from = source.segment().asSlice(at, length);
        MemorySegment to =
                destination.segment().asSlice(random.nextInt(LARGEST - length + 1), length);
        VdmFlags flags = Soak.flags(random);
        byte fill = (byte) random.nextInt();
        MemorySegment result = MemorySegment.ofArray(expected).asSlice(0, length);
        try {
            switch (random.nextInt(7)) {
                case 0, 1 -> {
                    result.copyFrom(from);
                    drive(mover.memcpy(to, from, flags), mover, to, result);
                }
                case 2 -> {
                    int shift = random.nextInt(length);
                    MemorySegment onto = to.asSlice(shift, length - shift);
                    MemorySegment of = to.asSlice(0, length - shift);
                    MemorySegment moved = result.asSlice(0, length - shift).copyFrom(of);
                    drive(mover.memmove(onto, of, flags), mover, onto, moved);
                }
                case 3 -> {
                    result.fill(fill);
                    drive(mover.memset(to, fill, flags), mover, to, result);
                }
                case 4 -> checksum(mover, from);
                case 5 -> compare(mover, from, to);
                default -> batch(mover, from, to, fill, result);
            }
        } catch (IllegalStateException e) {
            if (!String.valueOf(e.getMessage()).contains("the mover is closed")) {
                throw e;
            }
            refused++;
        }
    }

    private void checksum(AbstractDataMover mover, MemorySegment from) {
        var crc = mover.crc32c(from);
        if (drive(crc, mover, null, null)) {
            var right = new CRC32C();
            right.update(from.asByteBuffer());
            Crc32c found = crc.output();
            check(found.value() == right.getValue(), crc, mover);
        }
    }

    private void compare(AbstractDataMover mover, MemorySegment from, MemorySegment to) {
        long mismatch = from.mismatch(to);
        var compared = mover.compare(from, to);
        if (drive(compared, mover, null, null)) {
            check(compared.output().equal() == (mismatch < 0), compared, mover);
        }
    }

    private void batch(AbstractDataMover mover, MemorySegment from, MemorySegment to, byte fill,
            MemorySegment result) {
        long half = to.byteSize() / 2;
        if (half == 0) {
            return;
        }
        VdmFuture<BatchResult> batch = mover.batch()
                .memcpy(to.asSlice(0, half), from.asSlice(0, half))
                .memset(to.asSlice(half, half), fill, VdmFlags.NONE)
                .memcpy(to.asSlice(2 * half), from.asSlice(2 * half))
                .submit();
        result.copyFrom(from).asSlice(half, half).fill(fill);
        if (drive(batch, mover, to, result)) {
            check(batch.output().tasks().size() == 3, batch, mover);
        }
    }

    /** Returns true if the operation has succeeded and its bytes are correct. */
    private boolean drive(
            VdmFuture<?> operation, AbstractDataMover mover, MemorySegment written,
            MemorySegment right) {
        doing = operation.type() + " of " + operation.byteSize() + " bytes on " + mover;
        types.merge(operation.type(), 1L, Long::sum);
        int how = random.nextInt(16);
        switch (how) {
            case 0 -> {
                check(operation.cancel(), operation, mover);
                cancelled++;
            }
            case 1 -> {
                operation.poll();
                operation.cancel();
                if (random.nextBoolean()) {
                    // No thread polls the operation. Its mover must finish it before the buffers
                    // can be closed.
                    dropped++;
                    closeMemory();
                    prepareMemory();
                    return false;
                }
            }
            case 2, 3, 4 -> complete(operation.toCompletableFuture());
            case 5 -> awaitForAMoment(operation);
            case 6, 7, 8 -> operation.busyPoll();
            default -> awaitQuietly(operation);
        }
        if (!operation.isComplete()) {
            awaitQuietly(operation);
        }
        VdmResult result = operation.result();
        results.merge(result, 1L, Long::sum);
        if (result != VdmResult.SUCCESS) {
            check(
                    result == VdmResult.CLOSED
                            || result == VdmResult.OUT_OF_MEMORY
                            || (result == VdmResult.CANCELLED && how <= 4),
                    operation,
                    mover);
            return false;
        }
        bytes += operation.byteSize();
        check(written == null || written.mismatch(right) < 0, operation, mover);
        return true;
    }

    private void complete(CompletableFuture<?> completion) {
        if (random.nextInt(4) == 0) {
            completion.cancel(true);
        }
        try {
            completion.join();
        } catch (CompletionException | CancellationException e) {
            return; // The operation has its own result.
        }
    }

    private void awaitForAMoment(VdmFuture<?> operation) {
        try {
            operation.await(Duration.ofNanos(random.nextInt(100_000)));
        } catch (FutureTimeoutException e) {
            timeouts++;
        } catch (io.github.vdm4j.VdmException e) {
            return;
        }
    }

    private static void awaitQuietly(VdmFuture<?> operation) {
        try {
            operation.await();
        } catch (io.github.vdm4j.VdmException e) {
            return;
        }
    }

    private void check(boolean right, VdmFuture<?> operation, AbstractDataMover mover) {
        if (!right) {
            throw new AssertionError("wrong: " + operation + " on " + mover, operation.failure());
        }
    }

    void add(SoakUser other) {
        other.results.forEach((result, count) -> results.merge(result, count, Long::sum));
        other.types.forEach((type, count) -> types.merge(type, count, Long::sum));
        opened += other.opened;
        closed += other.closed;
        bytes += other.bytes;
        refused += other.refused;
        cancelled += other.cancelled;
        dropped += other.dropped;
        timeouts += other.timeouts;
    }

    int buffersOpen() {
        return opened - closed;
    }

    long lastSign() {
        return lastSign;
    }

    String doing() {
        return doing;
    }

    @Override
    public String toString() {
        return """
                operations: %s
                results: %s
                bytes moved or read: %,d; refused by a closed mover: %,d; cancelled before the start: %,d;
                dropped after it: %,d; timeouts: %,d; buffers opened and closed: %,d"""
                .formatted(types, results, bytes, refused, cancelled, dropped, timeouts, closed);
    }
}
