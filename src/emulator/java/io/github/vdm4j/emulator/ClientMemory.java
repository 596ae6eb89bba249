package io.github.vdm4j.emulator;

/**
 * The address space of a process that submits descriptors.
 *
 * <p>A device accesses it like through an I/O memory management unit. A page can be missing, and
 * the kernel may bring it in.
 */
public interface ClientMemory {
    /** The size of a page in bytes. */
    int PAGE = 4096;

    /** Returns the number of bytes of a range before the first missing page. */
    long present(long address, long length, boolean write);

    /** Brings a page in, like the kernel answers a page request of the device. */
    boolean resolve(long address, boolean write);

    /** Does nothing, or acts after a completion record has reported a page fault. */
    default void faultReported(long address) {}

    void read(long address, byte[] bytes) throws MemoryFault;

    void write(long address, byte[] bytes) throws MemoryFault;

    /** Copies a range of at most 2 GiB. The ranges may overlap. */
    default void copy(long from, long to, long length) throws MemoryFault {
        byte[] bytes = new byte[Math.toIntExact(length)];
        read(from, bytes);
        write(to, bytes);
    }

    /** The first byte of a completion record, its status, becomes visible last. */
    void writeRecord(long address, byte[] bytes) throws MemoryFault;
}
