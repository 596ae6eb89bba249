package io.github.vdm4j.emulator;

import io.github.vdm4j.emulator.FaultPlan.DescriptorFault;
import io.github.vdm4j.emulator.FaultPlan.WriteFault;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * A device and its work queues, without threads. {@link #submit} queues descriptors like the
 * driver's write(). The caller completes them with {@link #step} or {@link #advance}.
 *
 * <p>Any thread may call all methods.
 */
public final class DeviceModel {
    /** The error number of a write that the queue refuses because it is full. */
    public static final int EAGAIN = 11;
    /** The error number of a descriptor that the driver refuses. */
    public static final int EINVAL = 22;
    /** The error number of a queue that is disabled. */
    public static final int ENODEV = 19;
    /** The error number of a device that has died. */
    public static final int ENOTCONN = 107;

    private static final long RECORD_ALIGNMENT = 32;
    // A later descriptor can complete earlier.
    private static final long LONGEST_PAUSE_NANOS = 1_000_000;

    /** An observer of the device's actions. */
    public interface Observer {
        /** An observer that ignores all actions. */
        Observer NONE = new Observer() {};

        /** Handles an executed or refused descriptor. The completion is the content of a record. */
        default void completed(Descriptor descriptor, Completion completion) {}

        /** Handles a completion record that could not be written. */
        default void recordLost(Descriptor descriptor) {}

        /** Handles a descriptor that a full dedicated queue has dropped. */
        default void dropped(Descriptor descriptor) {}
    }

    private static final class Queue {
        private final QueueSettings settings;
        private int occupied;
        private boolean disabled;

        Queue(QueueSettings settings) {
            this.settings = settings;
        }
    }

    private record Pending(Queue queue, ClientMemory memory, Descriptor descriptor,
            DescriptorFault fault, long due) {}

    private final DeviceSettings settings;
    private final FaultPlan faults;
    private final LongSupplier clock;
    private final Observer observer;
    private final Random order;
    private final List<Queue> queues = new ArrayList<>();
    private final List<Pending> pending = new ArrayList<>();
    private final Map<ClientMemory, List<Runnable>> drains = new HashMap<>();
    private final Object stepping = new Object(); // Only one thread executes descriptors at a time.
    private long busyUntil = Long.MIN_VALUE;
    private boolean dead;

    /** Creates a device without faults. Its clock stands still. */
    public DeviceModel(DeviceSettings settings) {
        this(settings, FaultPlan.NONE, () -> 0, Observer.NONE);
    }

    /** Creates a device with faults. The clock counts nanoseconds. */
    public DeviceModel(DeviceSettings settings, FaultPlan faults, LongSupplier clock,
            Observer observer) {
        this.settings = settings;
        this.faults = faults;
        this.clock = clock;
        this.observer = observer;
        order = settings.shuffleSeed == null ? null : new Random(settings.shuffleSeed);
        settings.queues().forEach(queue -> queues.add(new Queue(queue)));
    }

    /**
     * Submits whole descriptors of 64 bytes, like write() on a queue's node.
     *
     * @return the bytes accepted, or the negative error number if the driver refused the first
     *     descriptor
     */
    public synchronized int submit(int number, ClientMemory memory, byte[] descriptors) {
        Queue queue = queues.get(number);
        if (dead) {
            return -ENOTCONN;
        }
        if (queue.disabled) {
            return -ENODEV;
        }
        int count = descriptors.length / Descriptor.BYTES;
        WriteFault fault = faults.nextWrite(count);
        for (int i = 0; i < count; i++) {
            var descriptor = new Descriptor(descriptors, i * Descriptor.BYTES);
            int error = i < fault.accepted() ? accept(queue, memory, descriptor) : fault.errno();
            if (error != 0 || i >= fault.accepted()) {
                return i > 0 ? i * Descriptor.BYTES : -error;
            }
        }
        return count * Descriptor.BYTES;
    }

    private int accept(Queue queue, ClientMemory memory, Descriptor descriptor) {
        if (descriptor.opcode() == Opcode.BATCH.code
                && settings.version == DeviceSettings.VERSION_1
                || descriptor.completionAddress() == 0
                || descriptor.completionAddress() % RECORD_ALIGNMENT != 0) {
            return EINVAL;
        }
        if (queue.settings.dedicated() && queue.occupied == queue.settings.size()) {
            observer.dropped(descriptor);
            return 0;
        }
        if (!queue.settings.dedicated() && queue.occupied >= queue.settings.threshold()) {
            return EAGAIN;
        }
        DescriptorFault fault = faults.nextDescriptor(descriptor);
        boolean moves = Opcode.of(descriptor.opcode()) != Opcode.BATCH;
        busyUntil = Math.max(busyUntil, clock.getAsLong())
                + settings.transferNanos(moves ? descriptor.size() : 0);
        pending.add(new Pending(queue, memory, descriptor, fault,
                busyUntil + settings.latencyNanos + fault.extraNanos()));
        queue.occupied++;
        notifyAll();
        return 0;
    }

    /** Completes the next descriptor, even before its time. Returns false if there is none. */
    public boolean step() {
        return completeNext(Long.MAX_VALUE);
    }

    /** Completes all descriptors that are due, and returns their number. */
    public int advance() {
        int completed = 0;
        while (completeNext(clock.getAsLong())) {
            completed++;
        }
        return completed;
    }

    /** Executes a descriptor without the monitor, because clients submit during the execution. */
    private boolean completeNext(long now) {
        synchronized (stepping) {
            Pending next = next(now);
            if (next == null) {
                return false;
            }
            new DescriptorRunner(faults, new DescriptorRules(settings, next.queue.settings), order,
                    next.memory, observer).run(next.descriptor, next.fault, false);
            complete(next);
            return true;
        }
    }

    private synchronized Pending next(long now) {
        Pending next = null;
        int eligible = 0;
        for (Pending candidate : pending) {
            if (dead || candidate.due > now || waits(candidate)) {
                continue;
            }
            eligible++;
            boolean chosen = order == null ? next == null || candidate.due < next.due
                    : order.nextInt(eligible) == 0; // each with the same probability
            next = chosen ? candidate : next;
        }
        if (next == null) {
            return null;
        }
        if (next.fault.death()) {
            die();
            return null;
        }
        return next;
    }

    private synchronized void complete(Pending done) {
        if (pending.remove(done)) {
            done.queue.occupied--;
        }
        notifyDrained(done.memory);
    }

    /**
     * Runs an action when all descriptors of a client have completed. The driver's close() waits in
     * the same way. The action must not block.
     */
    public synchronized void whenDrained(ClientMemory memory, Runnable action) {
        drains.computeIfAbsent(memory, key -> new ArrayList<>()).add(action);
        notifyDrained(memory);
    }

    private void notifyDrained(ClientMemory memory) {
        if (dead || pending.stream().noneMatch(next -> next.memory == memory)) {
            List<Runnable> actions = drains.remove(memory);
            if (actions != null) {
                actions.forEach(Runnable::run);
            }
        }
    }

    /** A drain waits for the descriptors that were submitted before it. */
    private boolean waits(Pending candidate) {
        if (candidate.descriptor.opcode() != Opcode.DRAIN.code) {
            return false;
        }
        for (Pending before : pending) {
            if (before == candidate) {
                return false;
            }
            if (before.queue == candidate.queue && before.memory == candidate.memory) {
                return true;
            }
        }
        return false;
    }

    /** Completes descriptors at their time until the device dies or the thread is interrupted. */
    public void run() throws InterruptedException {
        while (!Thread.interrupted()) {
            if (completeNext(clock.getAsLong())) {
                continue;
            }
            long nanos;
            synchronized (this) {
                if (dead) {
                    return;
                }
                if (pending.isEmpty()) {
                    wait();
                }
                long due = pending.stream()
                        .filter(next -> !waits(next))
                        .mapToLong(Pending::due)
                        .min()
                        .orElse(0);
                nanos = due - clock.getAsLong();
            }
            LockSupport.parkNanos(Math.min(nanos, LONGEST_PAUSE_NANOS));
        }
        throw new InterruptedException();
    }

    /** Returns the number of descriptors that have not completed. */
    public synchronized int pending() {
        return pending.size();
    }

    /** Disables a queue. The descriptors in it complete, because the driver drains a queue. */
    public synchronized void disable(int number) {
        queues.get(number).disabled = true;
    }

    public synchronized void enable(int number) {
        queues.get(number).disabled = false;
    }

    /** Ends the device. Later writes fail with ENOTCONN, and no further record is written. */
    public synchronized void die() {
        dead = true;
        List.copyOf(drains.keySet()).forEach(this::notifyDrained);
        notifyAll();
    }

    public synchronized boolean isDead() {
        return dead;
    }
}
