package io.github.vdm4j.emulator;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A descriptor's view of the client's memory, with the progress of the descriptor. */
final class Access {
    /** The number of bytes that an operation moves in one step. */
    static final int CHUNK = 1 << 16;

    private final ClientMemory memory;
    private final boolean blocksOnFault;
    private final long injectedFault;
    private long completed;
    private long value;
    private int result;

    /** The injected fault is the missing byte of each range, or -1. */
    Access(ClientMemory memory, boolean blocksOnFault, long injectedFault) {
        this.memory = memory;
        this.blocksOnFault = blocksOnFault;
        this.injectedFault = blocksOnFault ? -1 : injectedFault;
    }

    /** Stores the progress, because a page can disappear during the operation. */
    void progress(long bytes, long newValue, int newResult) {
        completed = bytes;
        value = newValue;
        result = newResult;
    }

    /** Returns the completion after a page has disappeared during the operation. */
    Completion faulted(MemoryFault fault) {
        return Completion.fault(faultStatus(), fault.write, fault.address)
                .withBytes(completed)
                .withValue(value)
                .withResult(result);
    }

    private int faultStatus() {
        return blocksOnFault ? Status.PAGE_REQUEST_FAILED : Status.PAGE_FAULT;
    }

    Extent extent(long size) {
        return new Extent(size);
    }

    /** Returns the fault of a range that must be present, or null if all pages are present. */
    Completion missing(long address, long size, boolean write) {
        Extent extent = extent(size).with(address, write);
        return extent.isWhole() ? null : extent.fault();
    }

    byte[] read(long address, long length) throws MemoryFault {
        byte[] bytes = new byte[Math.toIntExact(length)];
        memory.read(address, bytes);
        return bytes;
    }

    ByteBuffer readBuffer(long address, long length) throws MemoryFault {
        return ByteBuffer.wrap(read(address, length)).order(ByteOrder.LITTLE_ENDIAN);
    }

    void write(long address, byte[] bytes) throws MemoryFault {
        memory.write(address, bytes);
    }

    void copy(long from, long to, long length) throws MemoryFault {
        memory.copy(from, to, length);
    }

    /** The part of an operation before the first missing page. */
    final class Extent {
        private final long size;
        private long length;
        private Completion fault;

        private Extent(long size) {
            this.size = size;
            length = size;
        }

        /** Limits the part to the present pages at the beginning of a range. */
        Extent with(long address, boolean write) {
            long at = 0;
            while (at < length) {
                at += memory.present(address + at, length - at, write);
                if (at < length) {
                    if (!resolved(address + at, at, write)) {
                        break;
                    }
                    at = (address + at | ClientMemory.PAGE - 1) + 1 - address;
                }
            }
            inject(address, write);
            return this;
        }

        /** Limits the part to the present pages at the end of a range. */
        Extent withEnd(long address, boolean write) {
            long end = address + size;
            for (long at = end; at > end - length;) {
                long start = Math.max(at - 1 & -ClientMemory.PAGE, address);
                if (memory.present(start, 1, write) == 0 && !resolved(start, end - at, write)) {
                    break;
                }
                at = start;
            }
            inject(address, write);
            return this;
        }

        private void inject(long address, boolean write) {
            if (injectedFault >= 0 && injectedFault < length) {
                cut(injectedFault, Completion.fault(Status.PAGE_FAULT, write,
                        address + injectedFault));
            }
        }

        private boolean resolved(long address, long before, boolean write) {
            if (blocksOnFault && memory.resolve(address, write)) {
                return true;
            }
            cut(before, Completion.fault(faultStatus(), write, address));
            return false;
        }

        private void cut(long newLength, Completion newFault) {
            length = newLength;
            fault = newFault;
        }

        long length() {
            return length;
        }

        boolean isWhole() {
            return length == size;
        }

        Completion fault() {
            return fault;
        }

        /** Returns the completion of an operation that has executed this part. */
        Completion completion() {
            return isWhole() ? Completion.success() : fault.withBytes(length);
        }
    }
}
