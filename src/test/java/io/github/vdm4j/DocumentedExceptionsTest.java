package io.github.vdm4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.mover.ThreadsDataMover;
import io.github.vdm4j.operation.DifBlockSize;
import io.github.vdm4j.operation.DifConfig;
import io.github.vdm4j.operation.DifFlag;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The exceptions and results that the javadoc states. */
@Timeout(60)
class DocumentedExceptionsTest {
    private static final MemorySegment HUGE =
            MemorySegment.ofAddress(1L << 46).reinterpret(1L << 62);

    @Test
    void byteBufferOfHugeBufferIsUnsupported() {
        try (OffHeapBuffer buffer = OffHeapBuffer.wrap(HUGE)) {
            assertThrows(UnsupportedOperationException.class, buffer::byteBuffer);
        }
    }

    @Test
    void repeatedFlagsAreAccepted() {
        DifConfig config = DifConfig.of(DifBlockSize.BYTES_512);
        assertEquals(config.withFlags(DifFlag.INVERT_CRC_SEED),
                config.withFlags(DifFlag.INVERT_CRC_SEED, DifFlag.INVERT_CRC_SEED));
    }

    @Test
    void byteSizeOfHugeBatchIsNotNegative() {
        try (var mover = ThreadsDataMover.builder().threads(1).open()) {
            assertTrue(mover.batch()
                    .memset(HUGE, (byte) 0, VdmFlags.NONE)
                    .memset(HUGE, (byte) 0, VdmFlags.NONE)
                    .submit()
                    .byteSize() > 0);
        }
    }

    @Test
    void causeOfThrowingFunctionIsNotGuessed() {
        var thrown = new Throwable[1];
        try (var mover = ThreadsDataMover.builder()
                .threads(1)
                .memcpyFunction((destination, source, flags) -> sneak(thrown[0]))
                .open()) {
            for (Throwable each : new Throwable[]{new RuntimeException(),
                new IllegalStateException(), new CancellationException(), new InternalError(),
                new WrongThreadException()}) {
                thrown[0] = each;
                VdmFuture<VdmOutput> copy = mover.memcpy(
                        MemorySegment.ofArray(new byte[8]), MemorySegment.ofArray(new byte[8]));
                copy.busyPoll();
                assertEquals(VdmResult.INTERNAL_ERROR, copy.result(), each::toString);
                assertEquals(each, copy.failure().getCause());
            }
        }
    }

    @Test
    void causeOfThrowingExecutorIsNotGuessed() {
        try (var mover = ThreadsDataMover.builder().threads(1).open()) {
            var operation = (Operation<VdmOutput>) mover.nop();
            operation.failWith(new CancellationException());
            assertEquals(VdmResult.INTERNAL_ERROR, operation.recordedResult());
        }
    }

    @SuppressWarnings("unchecked") // The JVM does not check exceptions at run time.
    private static <E extends Throwable> void sneak(Throwable thrown) throws E {
        throw (E) thrown;
    }
}
