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

    /**
     * Returns the number of bytes of a range before the first missing page.
     *
     * @param address the beginning of the range
     * @param length bytes
     * @param write true if the device will write
     * @return bytes, at most the length
     */
    long present(long address, long length, boolean write);

    /**
     * Brings a page in, like the kernel answers a page request of the device.
     *
     * @param address an address in the page
     * @param write true if the device will write
     * @return false if the process has no such page
     */
    boolean resolve(long address, boolean write);

    /**
     * Handles the report of a page fault by a completion record.
     *
     * @param address the fault address of the record
     */
    default void faultReported(long address) {}

    /**
     * Reads bytes.
     *
     * @param address where they begin
     * @param bytes the array that receives the bytes
     * @param length how many
     * @throws MemoryFault if a page cannot be read
     */
    void read(long address, byte[] bytes, int length) throws MemoryFault;

    /**
     * Writes bytes.
     *
     * @param address where to
     * @param bytes what
     * @param length how many
     * @throws MemoryFault if a page cannot be written
     */
    void write(long address, byte[] bytes, int length) throws MemoryFault;

    /**
     * Writes a completion record. Its first byte, the status, becomes visible last.
     *
     * @param address where to
     * @param bytes the record
     * @throws MemoryFault if a page cannot be written
     */
    void writeRecord(long address, byte[] bytes) throws MemoryFault;
}
