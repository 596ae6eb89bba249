package io.github.vdm4j.dsa.portal;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.vdm4j.engine.channel.Descriptor;
import io.github.vdm4j.engine.channel.Opcode;
import io.github.vdm4j.machine.AllocatedBytes;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * A program that prints the bytes that submissions to /dev/null allocate without the JIT compiler.
 * The JDK allocates in each call that keeps the error number. Therefore the program subtracts the
 * bytes of the same calls without the code of the library.
 */
final class InterpretedSubmissions {
    static final int ROUNDS = 10_000;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle WRITE = LINKER.downcallHandle(
            LINKER.defaultLookup().find("write").orElseThrow(),
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG),
            Linker.Option.captureCallState("errno"));

    private final Submission submission =
            new Submission(Arena.ofAuto().allocate(Submission.BYTES, 64));
    private final MemorySegment state = Arena.ofAuto().allocate(Linker.Option.captureStateLayout());
    private final OpenQueue queue = OpenQueue.acquire(Path.of("/dev/null"), 0, WritePortal::new);

    private InterpretedSubmissions() throws IOException {}

    private void submitAndLook() {
        Descriptor.put(submission.descriptor(), 0, Descriptor.head(Opcode.MEM_MOVE, 0), 64, 128, 64,
                0,
                0, 0);
        submission.clearRecord();
        if (queue.submit(submission) != 0 || submission.recordedStatus() != 0) {
            throw new AssertionError("/dev/null refused a descriptor");
        }
    }

    /** Writes to a descriptor that is not open. */
    private void write() {
        try {
            long written = (long) WRITE.invokeExact(state, -1, submission.descriptor(), 64L);
            if (written != -1) {
                throw new AssertionError(written);
            }
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** Returns the bytes of a later sequence, because the first sequence loads classes. */
    private static long allocated(Runnable round) {
        AllocatedBytes.least(ROUNDS, Long.MAX_VALUE - 1, round);
        return AllocatedBytes.least(ROUNDS, Long.MAX_VALUE - 1, round);
    }

    public static void main(String[] arguments) throws IOException {
        var program = new InterpretedSubmissions();
        System.out.print(allocated(program::submitAndLook) - allocated(program::write));
    }
}
