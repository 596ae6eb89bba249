package io.github.vdm4j.benchmarks.paired;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.operation.CrcOptions;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** CRC-32C of a range. */
final class Checksums {
    private Checksums() {}

    /** By a reusable operation. */
    static final class Reusable implements Contestant {
        private final VdmOperation operation;
        private final MemorySegment source;

        Reusable(Vdm mover, Buffers buffers) {
            operation = mover.newOperation().startWhenPrepared();
            source = buffers.source();
        }

        @Override
        public void run(long times) {
            for (long i = 0; i < times; i++) {
                operation.crc32c(source, CrcOptions.STANDARD);
                while (operation.poll() != FutureState.COMPLETE) {
                    Thread.onSpinWait();
                }
                operation.orThrow();
            }
        }
    }

    /** By the JDK. */
    static final class Jdk implements Contestant {
        private final CRC32C crc = new CRC32C();
        private final ByteBuffer source;

        Jdk(Buffers buffers) {
            source = buffers.source().asByteBuffer();
        }

        @Override
        public void run(long times) {
            for (long i = 0; i < times; i++) {
                crc.reset();
                crc.update(source.rewind());
                crc.getValue();
            }
        }
    }
}
