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

    /** Handles the report of a page fault by a completion record. */
    default void faultReported(long address) {}

    /**
     * Reads bytes.
     *
     * @throws MemoryFault if a page cannot be read
     */
    void read(long address, byte[] bytes) throws MemoryFault;

    /**
     * Writes bytes.
     *
     * @throws MemoryFault if a page cannot be written
     */
    void write(long address, byte[] bytes) throws MemoryFault;

    /**
     * Writes a completion record. Its first byte, the status, becomes visible last.
     *
     * @throws MemoryFault if a page cannot be written
     */
    void writeRecord(long address, byte[] bytes) throws MemoryFault;
}
