package io.github.vdm4j.dsa.portal;

import io.github.vdm4j.engine.channel.Descriptor;
import io.github.vdm4j.engine.channel.HeldArenas;
import io.github.vdm4j.engine.channel.Opcode;
import io.github.vdm4j.engine.channel.Part;
import io.github.vdm4j.engine.channel.Slot;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.foreign.ValueLayout.OfLong;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * A slot of the channel to DSA. A part is usually one descriptor. The slot splits a long copy or
 * fill into several descriptors for several queues.
 */
final class DsaSlot extends Slot {
    /** The smallest share of a split part that one queue gets, in bytes. */
    static final long LEAST_SPREAD = 256 << 10;

    private static final OfLong LONG = ValueLayout.JAVA_LONG;

    private final DsaChannel channel;
    private final Submission[] submissions;
    /** The submission whose record has the status of the whole part. */
    private Submission last;
    /** The number of submissions of the part, and the number that a queue has accepted. */
    private int used;
    private int sent;
    /** The index of the near queue that gets the first submission. */
    private int turn;
    private int opcode;
    private int flags;
    private boolean overlaps;
    private boolean abandoned;
    private long destination;
    /** The descriptors of the last batch and their number. */
    private MemorySegment list;
    private int tasks;

    DsaSlot(DsaChannel channel, Submission[] submissions, int turn) {
        super(channel);
        this.channel = channel;
        this.submissions = submissions;
        this.turn = turn;
        last = submissions[0];
    }

    @Override
    protected int send(Part part, MemorySegment first, MemorySegment second, MemorySegment third) {
        requireUsable(first);
        requireUsable(second);
        requireUsable(third);
        long bytes = part.bytes;
        begin(part.opcode, part.flags, part.destination);
        overlaps = opcode == Opcode.MEM_MOVE
                && Math.abs(part.destination - part.source) < bytes;
        used = (int) Math.min(submissions.length, Math.max(bytes / LEAST_SPREAD, 1));
        if (used > 1 && !overlaps && (opcode == Opcode.MEM_MOVE || opcode == Opcode.FILL)) {
            spread(part);
        } else {
            used = 1;
            submissions[0].rest(bytes);
            Descriptor.write(submissions[0].descriptor(), 0, part);
        }
        return sendNext();
    }

    /** Divides a part among the submissions, in multiples of a line. */
    private void spread(Part part) {
        long each = (part.bytes / used + Part.LINE - 1) & -Part.LINE;
        long at = 0;
        for (int i = 0; i < used; i++) {
            long bytes = Math.min(each, part.bytes - at);
            submissions[i].rest(bytes);
            Descriptor.put(submissions[i].descriptor(), 0, Descriptor.head(opcode, flags),
                    opcode == Opcode.FILL ? part.pattern : part.source + at,
                    part.destination + at, bytes, 0, 0, 0);
            at += bytes;
        }
    }

    @Override
    protected int sendBatch(MemorySegment descriptors, int count, HeldArenas held) {
        for (int i = 0; i < held.count(); i++) {
            requireUsable(held.get(i));
        }
        begin(Opcode.BATCH, flagsFor(descriptors, count), 0);
        overlaps = false; // the engine submits overlapping copies outside of batches
        used = 1;
        list = descriptors;
        tasks = count;
        submissions[0].rest(0);
        Descriptor.put(submissions[0].descriptor(), 0, Descriptor.head(Opcode.BATCH, 0),
                descriptors.address(), 0, count, 0, 0, 0);
        return sendNext();
    }

    /**
     * Returns the flag that a queue needs for all tasks. If no queue has it, every queue takes the
     * batch, and its device refuses the durable tasks.
     */
    private int flagsFor(MemorySegment descriptors, int count) {
        for (int i = 0; channel.writesDurably && i < count; i++) {
            if (QueueTraits.isDurable(descriptors.get(LONG, i * Descriptor.BYTES))) {
                return QueueTraits.READ_BACK;
            }
        }
        return 0;
    }

    private void begin(int operation, int bits, long to) {
        opcode = operation;
        flags = bits;
        destination = to;
        sent = 0;
        abandoned = false;
    }

    /**
     * Submits the remaining descriptors until the queues refuse a descriptor. Returns OK if a queue
     * accepted at least one descriptor.
     */
    private int sendNext() {
        int before = sent;
        int error = 0;
        while (sent < used && error == 0) {
            error = submit(submissions[sent]);
            if (error == 0) {
                sent++;
            }
        }
        return sent > before ? OK : error;
    }

    /** Submits to the first queue that accepts the descriptor. The near queues come first. */
    private int submit(Submission submission) {
        QueueChoice.Order order = channel.choice.of(submission, destination);
        long head = submission.descriptor().get(LONG, 0);
        int answer = submit(submission, order.queue(turn, 0), head);
        for (int i = 1; i < order.queues().length && answer != OK; i++) {
            int next = submit(submission, order.queue(turn, i), head);
            // The status of a full queue comes first, because only that queue will have room again.
            answer = next == OK || answer != DsaStatus.EAGAIN ? next : answer;
        }
        turn++;
        return answer;
    }

    private int submit(Submission submission, MoverQueue next, long head) {
        QueueTraits traits = next.traits();
        int refusal = traits.refusal(opcode, flags, overlaps);
        if (refusal != 0) {
            return refusal;
        }
        if (opcode == Opcode.BATCH) {
            fitTasks(traits);
        }
        return submission.submitTo(next, traits.fit(head, channel.waitsForPages));
    }

    private void fitTasks(QueueTraits traits) {
        for (long at = 0; at < tasks * Descriptor.BYTES; at += Descriptor.BYTES) {
            list.set(LONG, at, traits.fit(list.get(LONG, at), channel.waitsForPages));
        }
    }

    @Override
    protected int poll() {
        boolean inFlight = false;
        Submission failed = null;
        for (int i = 0; i < sent; i++) {
            Submission submission = submissions[i];
            if (submission.inFlight) {
                submission.poll();
            }
            if (submission.inFlight) {
                inFlight = true;
            } else if (failed == null && !isSuccess(submission.status)) {
                failed = submission;
            }
        }
        if (inFlight) {
            return IN_FLIGHT;
        }
        if (failed == null && sent < used) {
            if (abandoned) {
                return DsaStatus.EAGAIN;
            }
            int answer = sendNext();
            return answer == OK || answer == DsaStatus.EAGAIN ? IN_FLIGHT : answer;
        }
        last = failed == null ? submissions[0] : failed;
        return switch (last.status) {
            case DsaStatus.SUCCESS, DsaStatus.FALSE_PREDICATE -> OK;
            case DsaStatus.DIF_ERROR -> DIF_ERROR;
            default -> DsaChannel.RECORDED | last.status;
        };
    }

    private static boolean isSuccess(int status) {
        return status == DsaStatus.SUCCESS || status == DsaStatus.FALSE_PREDICATE;
    }

    @Override
    protected int result() {
        return last.result();
    }

    @Override
    protected long offset() {
        return last.completed();
    }

    @Override
    protected int value() {
        return last.value();
    }

    /**
     * Returns the bytes of the submissions before the failed submission, plus the bytes that the
     * failed submission completed.
     */
    @Override
    protected long bytesCompleted() {
        if (last.status != DsaStatus.PAGE_FAULT && last.status != DsaStatus.PAGE_REFUSED) {
            return -1;
        }
        long before = 0;
        for (int i = 0; submissions[i] != last; i++) {
            before += submissions[i].bytes;
        }
        return before + last.completed();
    }

    @Override
    protected boolean isTailDone() {
        return used == 1 && last.result() == 1;
    }

    @Override
    protected int taskStatus(int task) {
        return list.get(ValueLayout.JAVA_BYTE,
                tasks * Descriptor.BYTES + task * Descriptor.RECORD_BYTES)
                & DsaStatus.MASK | DsaChannel.RECORDED;
    }

    @Override
    public String queue() {
        return Arrays.stream(submissions, 0, sent)
                .map(submission -> submission.queue.traits().name())
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
    }

    @Override
    protected void setAside() {
        abandoned = true;
    }

    @Override
    public void timedOut() {
        for (int i = 0; i < sent; i++) {
            submissions[i].timedOut();
        }
    }
}
