package io.github.vdm4j.dml.internal;

/** An operation with a job of its own, see {@link JobPool#makeFor}. */
public interface JobKeeper {

    /**
     * Tells whether the job is in use. Read and written as a volatile variable is.
     *
     * @return true from before the keeper looks whether the pool is being closed until it has
     * finished with the job
     */
    boolean isUsingJob();
}
