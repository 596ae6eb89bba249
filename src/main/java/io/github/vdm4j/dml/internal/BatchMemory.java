package io.github.vdm4j.dml.internal;

/**
 * What a batch that is submitted again remembers of the last time: which job still has its
 * descriptors, and what they refer to. It belongs to the batch, so that a job keeps nothing of its
 * batches alive.
 */
public final class BatchMemory {
    final HeldArenas arenas = new HeldArenas();
    private BatchProgram writer;
    private long writing;
    private boolean forHardware;

    /** Creates the memory of a batch that remembers nothing. */
    public BatchMemory() {}

    /** The descriptors of the whole batch are in a program's buffer until that writes others. */
    void writtenBy(BatchProgram program, long number) {
        writer = program;
        writing = number;
        forHardware = program.job().onHardware();
    }

    /** From now on the descriptors have to be written again. */
    public void forget() {
        writer = null;
        arenas.clear();
    }

    boolean isWrittenBy(BatchProgram program, long number) {
        return writer == program && writing == number && forHardware == program.job().onHardware();
    }
}
