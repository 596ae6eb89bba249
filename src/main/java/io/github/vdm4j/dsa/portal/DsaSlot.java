package io.github.vdm4j.dsa.portal;

import io.github.vdm4j.engine.channel.Descriptor;
import io.github.vdm4j.engine.channel.HeldArenas;
import io.github.vdm4j.engine.channel.Opcode;
import io.github.vdm4j.engine.channel.Part;
import io.github.vdm4j.engine.channel.Slot;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.foreign.ValueLayout.OfLong;

/** A slot of the channel to DSA: one descriptor and its completion record. */
final class DsaSlot extends Slot {
    private static final OfLong LONG = ValueLayout.JAVA_LONG;
    private static final int RECORD = 32;

    private final DsaChannel channel;
    private final SlotMemory memory;
    private final CompletionRecord record;

    /** Where the descriptor in flight is; the last one that answered afterwards. */
    private QueueState queue;
    /** Which of the near queues is asked first. */
    private int turn;
    private int opcode;
    private boolean overlaps;
    private long bytes;
    private boolean faulted;
    /** The descriptors of the last batch and their number. */
    private MemorySegment list;
    private int tasks;

    DsaSlot(DsaChannel channel, SlotMemory memory, int turn) {
        super(channel);
        this.turn = turn;
        this.channel = channel;
        this.memory = memory;
        record = memory.record();
    }

    @Override
    protected int send(Part part, MemorySegment first, MemorySegment second, MemorySegment third) {
        requireUsable(first);
        requireUsable(second);
        requireUsable(third);
        opcode = part.opcode();
        bytes = opcode == Opcode.NOP || opcode == Opcode.DRAIN ? 0 : part.bytes();
        overlaps = opcode == Opcode.MEM_MOVE
                && Math.abs(part.destination() - part.source()) < bytes;
        Descriptor.write(memory.descriptor(), 0, part);
        return submit(part.flags(), part.destination());
    }

    @Override
    protected int sendBatch(MemorySegment descriptors, int count, HeldArenas held) {
        for (int i = 0; i < held.count(); i++) {
            requireUsable(held.get(i));
        }
        opcode = Opcode.BATCH;
        overlaps = false; // the engine sends such tasks alone
        bytes = 0;
        list = descriptors;
        tasks = count;
        Descriptor.put(memory.descriptor(), 0, Descriptor.head(Opcode.BATCH, 0),
                descriptors.address(), 0, count, 0, 0, 0);
        return submit(0, 0);
    }

    /** Asks one queue after the other, the nearest first. */
    private int submit(int flags, long destination) {
        QueueChoice.Order order = channel.orderFor(memory, destination);
        long head = memory.descriptor().get(LONG, 0);
        int answer = submitTo(order.near(), head, flags);
        if (answer != OK && order.far().length > 0) {
            int far = submitTo(order.far(), head, flags);
            answer = far == OK ? OK : answerOf(answer, far);
        }
        turn++;
        return answer;
    }

    private int submitTo(QueueState[] queues, long head, int flags) {
        int answer = DsaStatus.ENODEV;
        for (int i = 0; i < queues.length; i++) {
            QueueState next = queues[Math.floorMod(turn + i, queues.length)];
            int error = submitTo(next, head, flags);
            if (error == 0) {
                queue = next;
                return OK;
            }
            answer = i == 0 ? error : answerOf(answer, error);
        }
        return answer;
    }

    /** A full queue will have room again, which a queue that is lost may never have. */
    private static int answerOf(int answer, int other) {
        return answer == DsaStatus.EAGAIN ? answer : other;
    }

    private int submitTo(QueueState next, long head, int flags) {
        WorkQueue traits = next.queue();
        int refusal = Capability.refusal(traits, opcode, flags, overlaps);
        if (refusal != 0) {
            return refusal;
        }
        if (opcode == Opcode.BATCH) {
            fitTasks(traits);
        } else {
            memory.descriptor()
                    .set(LONG, 0, Capability.fit(head, traits, channel.waitsForPages()));
        }
        record.clear();
        return next.submit(memory);
    }

    private void fitTasks(WorkQueue traits) {
        for (long at = 0; at < tasks * Descriptor.BYTES; at += Descriptor.BYTES) {
            list.set(LONG, at, Capability.fit(list.get(LONG, at), traits,
                    channel.waitsForPages()));
        }
    }

    @Override
    protected int poll() {
        int status = record.status();
        if (status == DsaStatus.NONE) {
            return IN_FLIGHT;
        }
        status &= DsaStatus.MASK;
        queue.completed(memory, status, bytes);
        faulted = status == DsaStatus.PAGE_FAULT || status == DsaStatus.PAGE_REFUSED;
        return switch (status) {
            case DsaStatus.SUCCESS, DsaStatus.FALSE_PREDICATE -> OK;
            case DsaStatus.DIF_ERROR -> DIF_ERROR;
            default -> DsaChannel.RECORDED | status;
        };
    }

    @Override
    public int result() {
        return record.result();
    }

    @Override
    public long offset() {
        return record.completed();
    }

    @Override
    public int crc() {
        return record.value();
    }

    @Override
    public long recordBytes() {
        return Integer.toUnsignedLong(record.value());
    }

    @Override
    public boolean tellsProgress() {
        return faulted;
    }

    @Override
    public long bytesCompleted() {
        return record.completed();
    }

    @Override
    public boolean isTailDone() {
        return record.result() == 1;
    }

    @Override
    public boolean takesBatches() {
        return channel.takesBatches();
    }

    @Override
    public int taskStatus(int task) {
        return list.get(ValueLayout.JAVA_BYTE, tasks * Descriptor.BYTES + (long) task * RECORD)
                & DsaStatus.MASK | DsaChannel.RECORDED;
    }

    @Override
    public void timedOut() {
        queue.timedOut();
    }
}
