package io.github.vdm4j.emulator;

/** The exception for a page of the client's memory that the device could not reach. */
public final class MemoryFault extends Exception {
    private static final long serialVersionUID = 1L;

    private final long address;
    private final boolean write;

    /**
     * Creates the exception.
     *
     * @param address the first byte that the device could not reach
     * @param write true if the device tried to write
     */
    public MemoryFault(long address, boolean write) {
        super("no page for " + (write ? "writing" : "reading") + " at 0x"
                + Long.toHexString(address));
        this.address = address;
        this.write = write;
    }

    long address() {
        return address;
    }

    boolean isWrite() {
        return write;
    }
}
