package io.github.vdm4j.emulator;

/** The exception for a page of the client's memory that the device could not reach. */
public final class MemoryFault extends Exception {
    private static final long serialVersionUID = 1L;

    /** The first byte that the device could not reach. */
    final long address;
    final boolean write;

    public MemoryFault(long address, boolean write) {
        super("no page for " + (write ? "writing" : "reading") + " at 0x"
                + Long.toHexString(address));
        this.address = address;
        this.write = write;
    }
}
