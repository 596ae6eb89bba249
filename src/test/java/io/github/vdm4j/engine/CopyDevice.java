package io.github.vdm4j.engine;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.VdmStatus;
import io.github.vdm4j.engine.channel.Channel;
import io.github.vdm4j.engine.channel.ChannelLimits;
import io.github.vdm4j.engine.channel.HeldArenas;
import io.github.vdm4j.engine.channel.Opcode;
import io.github.vdm4j.engine.channel.Part;
import io.github.vdm4j.engine.channel.Slot;
import io.github.vdm4j.machine.NativeCall;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/**
 * A channel to a device in this process that only copies. It is the smallest second channel. It
 * refuses every other operation. The engine then falls back. A test plans the end of the next
 * submissions.
 */
final class CopyDevice extends Channel {
    /** A status of the device. It is the ordinal of a result, with an offset. */
    record Status(int code, VdmResult result) implements VdmStatus {
        private static final int OFFSET = 0x100;

        static Status of(VdmResult result) {
            return new Status(OFFSET + result.ordinal(), result);
        }

        @Override
        public String name() {
            return result.name();
        }

        @Override
        public String explanation() {
            return "The test says so.";
        }
    }

    /**
     * The end of a submission.
     *
     * @param refused the reason of a refusal, or null
     * @param result the result, or null if the submission never ends
     * @param completed the number of bytes that are copied before the end
     */
    record End(VdmResult refused, VdmResult result, long completed) {
        static final End GOOD = new End(null, VdmResult.SUCCESS, Long.MAX_VALUE);

        static End fault(long completed) {
            return new End(null, VdmResult.PAGE_FAULT, completed);
        }

        static End failure(VdmResult result) {
            return new End(null, result, 0);
        }

        static End refusal(VdmResult result) {
            return new End(result, null, 0);
        }

        static End never() {
            return new End(null, null, 0);
        }
    }

    /** A submission with its operation, length and flags. */
    record Submitted(int opcode, long bytes, int flags) {}

    private static final int DURABLE = 1 << 14;

    final List<Submitted> submitted = new ArrayList<>();
    private final Queue<End> ends = new ArrayDeque<>();
    private volatile boolean answers;
    /** A function that the device calls with each submitted part of a copy. */
    private Consumer<Part> onCopy = part -> {};
    /** A function that returns the number of checks that find a new submission in flight. */
    private IntSupplier delay = () -> 0;
    private Throwable onCheck;
    private boolean heapIsFull;

    CopyDevice(ExecutionPath software, long longestPart) {
        super(true, software, new ChannelLimits(longestPart, longestPart, 1, 0));
    }

    /** Plans the end of the next submissions, in order. Later submissions succeed. */
    CopyDevice next(End... planned) {
        ends.addAll(List.of(planned));
        return this;
    }

    /**
     * Sets a function that the device calls for each copy, and the number of checks of its
     * submission.
     */
    CopyDevice onCopy(Consumer<Part> function, IntSupplier checks) {
        onCopy = function;
        delay = checks;
        return this;
    }

    /** Sets an exception of the next check, or null. */
    void failNextCheck(Throwable thrown) {
        onCheck = thrown;
    }

    /** Sets whether there is no heap for further slots and for the messages of failures. */
    void fillHeap(boolean full) {
        heapIsFull = full;
    }

    void requireHeap() {
        if (heapIsFull) {
            throw new OutOfMemoryError("for the test");
        }
    }

    /** Ends the submissions that would never end. */
    void answer() {
        answers = true;
    }

    private final class CopySlot extends Slot {
        private End end;
        private long bytes;
        private boolean downwards;
        private int checksLeft;

        CopySlot() {
            super(CopyDevice.this);
        }

        @Override
        protected int send(Part part, MemorySegment first, MemorySegment second,
                MemorySegment third) {
            assertTrue(onDevice(), "a submission to software that the channel does not have");
            requireUsable(first);
            requireUsable(second);
            requireUsable(third);
            synchronized (CopyDevice.this) {
                submitted.add(new Submitted(part.opcode, part.bytes, part.flags));
                if (part.opcode == Opcode.NOP) {
                    end = End.GOOD;
                    return OK;
                }
                if (part.opcode != Opcode.MEM_MOVE) {
                    return Status.of(VdmResult.UNSUPPORTED).code();
                }
                assertNotEquals(0, part.bytes, "a copy of nothing");
                end = ends.isEmpty() ? End.GOOD : ends.remove();
            }
            if (end.refused() != null) {
                return Status.of(end.refused()).code();
            }
            onCopy.accept(part);
            checksLeft = delay.getAsInt();
            bytes = Math.min(end.completed(), part.bytes);
            downwards = part.destination > part.source
                    && part.destination - part.source < part.bytes;
            long skipped = downwards ? part.bytes - bytes : 0;
            MemorySegment.copy(at(part.source + skipped), 0, at(part.destination + skipped), 0,
                    bytes);
            return OK;
        }

        private MemorySegment at(long address) {
            return MemorySegment.ofAddress(address).reinterpret(bytes);
        }

        @Override
        protected int poll() {
            if (onCheck != null) {
                Throwable thrown = onCheck;
                onCheck = null;
                throw NativeCall.rethrow(thrown);
            }
            if (checksLeft > 0) {
                checksLeft--;
                return IN_FLIGHT;
            }
            if (end.result() == null) {
                return answers ? OK : IN_FLIGHT;
            }
            return end.result() == VdmResult.SUCCESS ? OK : Status.of(end.result()).code();
        }

        @Override
        public long bytesCompleted() {
            return bytes;
        }

        @Override
        public boolean isTailDone() {
            return downwards;
        }

        @Override
        protected int sendBatch(MemorySegment list, int tasks, HeldArenas held) {
            throw new AssertionError("the device takes no batches");
        }

        @Override
        public int result() {
            throw new AssertionError("only copies succeed");
        }

        @Override
        public long offset() {
            throw new AssertionError("only copies succeed");
        }

        @Override
        public int value() {
            throw new AssertionError("only copies succeed");
        }

        @Override
        public int taskStatus(int task) {
            throw new AssertionError("the device takes no batches");
        }
    }

    @Override
    public int durableFlags() {
        return DURABLE;
    }

    @Override
    public Slot makeSlot() {
        requireHeap();
        return new CopySlot();
    }

    @Override
    protected void release() {}

    @Override
    public VdmStatus status(int status) {
        return status == Slot.OK
                ? new Status(Slot.OK, VdmResult.SUCCESS)
                : Status.of(VdmResult.values()[status - Status.OFFSET]);
    }

    @Override
    public String place(boolean device) {
        requireHeap();
        return device ? "the copy device" : "the JVM";
    }
}
