package io.github.vdm4j.dml.internal;

/** An operation that keeps its job between one start and the next, see {@link JobPool#keep}. */
public interface JobKeeper {

    /**
     * Tells whether the job is in use, or could be by now: true from before the keeper looks whether the job {@linkplain
     * KeptJob#isWanted() is wanted} until it has finished with it. Read and written as a volatile variable is.
     *
     * @return false if the job can be taken from the keeper
     */
    boolean isUsingJob();
}
