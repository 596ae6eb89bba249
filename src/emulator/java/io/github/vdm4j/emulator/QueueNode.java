package io.github.vdm4j.emulator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The file of a work queue, and the processes that have opened it. */
final class QueueNode {
    static final int EBUSY = 16;

    private final String name;
    private final DeviceModel device;
    private final int queue;
    private final boolean dedicated;
    private final boolean pagesCanBeMissing;
    private int opened;

    QueueNode(String name, DeviceModel device, int queue, boolean dedicated,
            boolean pagesCanBeMissing) {
        this.name = name;
        this.device = device;
        this.queue = queue;
        this.dedicated = dedicated;
        this.pagesCanBeMissing = pagesCanBeMissing;
    }

    String name() {
        return name;
    }

    /** Returns the handle of a client, or null if the queue is dedicated and open. */
    synchronized Handle open(int thread) throws IOException {
        if (dedicated && opened > 0) {
            return null;
        }
        int process = processOf(thread);
        var handle = new Handle(process, new ProcessMemory(process, pagesCanBeMissing));
        opened++;
        return handle;
    }

    private synchronized void closed() {
        opened--;
    }

    /** FUSE reports the thread, but the emulator needs the process. */
    private static int processOf(int thread) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + thread + "/status"))) {
            if (line.startsWith("Tgid:")) {
                return Integer.parseInt(line.substring("Tgid:".length()).strip());
            }
        }
        throw new IOException("thread " + thread + " has no process");
    }

    /** A queue that a process has opened. */
    final class Handle {
        private final int process;
        private final ProcessMemory memory;

        private Handle(int process, ProcessMemory memory) {
            this.process = process;
            this.memory = memory;
        }

        /** Returns false for a thread of another process, like a child that inherited the file. */
        boolean isOpenedBy(int thread) {
            return thread == process
                    || Files.exists(Path.of("/proc/" + process + "/task/" + thread));
        }

        /**
         * Submits descriptors. If the time of a no-op has come, it completes during the write.
         * Clients like DTO wait for their first no-op for some 100 microseconds only.
         */
        int submit(byte[] descriptors) {
            int accepted = device.submit(queue, memory, descriptors);
            if (accepted == Descriptor.BYTES
                    && new Descriptor(descriptors, 0).opcode() == Opcode.NO_OP.code) {
                device.advance();
            }
            return accepted;
        }

        void whenDrained(Runnable action) {
            device.whenDrained(memory, action);
        }

        void release() {
            device.whenDrained(memory, () -> {
                try {
                    memory.close();
                } catch (IOException e) {
                    throw new IllegalStateException(
                            "the page table of process " + process + " cannot be closed", e);
                }
            });
            closed();
        }
    }
}
